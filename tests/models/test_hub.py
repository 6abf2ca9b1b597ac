"""Checkpoints of the hub, fetched by its own library from a hub that runs on this machine."""

import hashlib
import json
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from huggingface_hub import constants
from tests.conftest import MANIFEST

from qloc.errors import StudyError
from qloc.models.checkpoints import sha256
from qloc.models.hub import cached_checkpoint, fetch_checkpoint
from qloc.models.language_model import checkpoint_folder

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b'{"model_type": "gpt2"}',
    "model.safetensors": b"weights",
    "pytorch_model.bin": b"a pickle",
    "modeling_gpt2.py": b"code",
    "original/model.safetensors": b"others",
    "tokenizer.json": b"{}",
}


class Hub(BaseHTTPRequestHandler):
    """Holds `someone/small`; `someone/closed` is gated, all else is unknown."""

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = self.path.partition("?")[0]
        if "/someone/closed/" in path:
            self._answer(403, b"{}", {"X-Error-Code": "GatedRepo"})
        elif "/someone/small/" not in path:
            self._answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        elif COMMIT not in path:
            self._answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        elif path.startswith("/api/models/someone/small/revision/"):
            siblings = [{"rfilename": name} for name in FILES]
            self._answer(200, json.dumps({"id": "x", "sha": COMMIT, "siblings": siblings}).encode())
        elif path.startswith("/api/models/someone/small/tree/"):
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": _digest(content)}
                for name, content in FILES.items()
            ]
            self._answer(200, json.dumps(tree).encode())
        else:
            content = FILES[path.partition(f"/resolve/{COMMIT}/")[2]]
            self._answer(200, content, {"ETag": f'"{_digest(content)}"', "X-Repo-Commit": COMMIT})

    def _answer(self, status, content, headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *arguments):
        """Say nothing."""


def _digest(content):
    return hashlib.sha1(content).hexdigest()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub's library."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def hub(cache, monkeypatch):
    """A hub on this machine, and an empty cache."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}"
    resolve = place + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "ENDPOINT", place)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", resolve)
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("hub")
def test_only_what_transformers_needs_is_fetched_and_then_found_offline():
    folder = fetch_checkpoint("someone/small", COMMIT)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {"config.json", "model.safetensors", "tokenizer.json"}
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert cached_checkpoint("someone/small", COMMIT) == folder


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("name", "revision", "message"),
    [
        ("someone/closed", COMMIT, "access is restricted. Accept the terms"),
        ("someone/nothing", COMMIT, "shows no such repository"),
        ("a/b/c", COMMIT, "shows no such repository"),
        ("someone/small", "f" * 40, "has no such commit"),
        ("someone/small", "main", "does not pin a commit"),
        ("someone/small", COMMIT[:39], "does not pin a commit"),
    ],
)
def test_a_checkpoint_that_cannot_be_fetched_is_refused_in_the_readers_words(
    name, revision, message
):
    with pytest.raises(StudyError, match=message):
        fetch_checkpoint(name, revision)


@pytest.mark.usefixtures("cache")
def test_a_hub_that_cannot_be_reached_is_told_with_what_would_do(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(StudyError, match=r"cannot be reached .* `source: folder`"):
        fetch_checkpoint("someone/small", COMMIT)


@pytest.mark.usefixtures("cache")
def test_a_checkpoint_that_is_not_in_the_cache_is_told_with_how_to_fetch_it():
    again = rf"hf download someone/small --revision {COMMIT} .*--force-download"
    with pytest.raises(StudyError, match=again):
        cached_checkpoint("someone/small", COMMIT)


@pytest.mark.usefixtures("hub")
def test_a_cache_that_cannot_be_written_is_not_taken_for_a_hub_that_is_away(cache):
    cache.write_text("a file where the folder should be")
    with pytest.raises(StudyError, match=rf"^{cache} cannot be written: .*is a file"):
        fetch_checkpoint("someone/small", COMMIT)


@pytest.mark.usefixtures("hub")
def test_weights_that_were_cut_in_the_cache_are_told_with_how_to_fetch_them(tmp_path):
    folder = fetch_checkpoint("someone/small", COMMIT)
    manifest = replace(
        MANIFEST,
        source="hub",
        hub_name="someone/small",
        revision=COMMIT,
        weights_sha256={"model.safetensors": sha256(folder / "model.safetensors")},
        weights_bytes={"model.safetensors": len(b"weights")},
    )
    assert checkpoint_folder(manifest, tmp_path / "model.json") == folder
    (folder / "model.safetensors").write_bytes(b"weigh")
    with pytest.raises(StudyError, match=r"content has changed.*hf download someone/small"):
        checkpoint_folder(manifest, tmp_path / "model.json")
