"""Downloads are checked, kept, tried again, and refused in the user's words, all locally."""

import hashlib
import socket
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from qloc.datasets.download import fetch
from qloc.datasets.registry import RegisteredFile
from qloc.errors import StudyError

CONTENT = b"the file"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("QLOC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache"


@pytest.fixture
def server():
    """A server with `/file`, `/flaky` that fails once, and nothing else; it counts requests."""
    requests = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            requests[self.path] += 1
            is_there = self.path == "/file" or (self.path == "/flaky" and requests["/flaky"] > 1)
            self.send_response(200 if is_there else 503)
            self.end_headers()
            self.wfile.write(CONTENT if is_there else b"")

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", requests
        running.shutdown()
        thread.join()


@pytest.fixture
def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_file_is_fetched_once_and_then_taken_from_the_cache(server):
    base, requests = server
    file = RegisteredFile("set/file.txt", SHA256, f"{base}/file")
    assert [fetch(file, retries=0) for _ in range(2)] == [CONTENT, CONTENT]
    assert requests["/file"] == 1


def test_a_damaged_file_in_the_cache_is_fetched_again(server, cache):
    file = RegisteredFile("set/file.txt", SHA256, f"{server[0]}/file")
    fetch(file, retries=0)
    (cache / "set" / "file.txt").write_bytes(b"damaged")
    assert fetch(file, retries=0) == CONTENT


def test_a_failed_download_is_tried_again(server):
    base, requests = server
    assert fetch(RegisteredFile("file.txt", SHA256, f"{base}/flaky"), retries=1) == CONTENT
    assert requests["/flaky"] == 2


def test_another_content_is_refused_and_nothing_kept(server, cache):
    file = RegisteredFile("file.txt", "0" * 64, f"{server[0]}/file")
    with pytest.raises(StudyError, match=f"should be {'0' * 64} and is {SHA256}.*Run again"):
        fetch(file, retries=0)
    assert list(cache.iterdir()) == []


def test_a_server_that_refuses_is_named_with_its_answer(server):
    file = RegisteredFile("file.txt", SHA256, f"{server[0]}/gone")
    with pytest.raises(StudyError, match=r"/gone could not be fetched: the server answered 503"):
        fetch(file, retries=0)


def test_without_a_network_the_message_says_what_would_do(closed_port):
    file = RegisteredFile("file.txt", SHA256, f"http://127.0.0.1:{closed_port}/file")
    with pytest.raises(StudyError, match=r"could not be reached.*`source: directory`"):
        fetch(file, retries=0)


def test_a_cache_that_cannot_be_written_is_named(server, tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("QLOC_CACHE", str(tmp_path / "taken" / "cache"))
    with pytest.raises(StudyError, match=r"taken/cache cannot be used .*QLOC_CACHE"):
        fetch(RegisteredFile("file.txt", SHA256, f"{server[0]}/file"), retries=0)
