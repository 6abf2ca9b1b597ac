"""`download-relation` writes what the registry names, or nothing."""

import hashlib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner

from qloc.cli import main

CONTENTS = {"facts": b'{"sub_label": "Lyon"}\n', "patterns": b'{"pattern": "[X] in [Y]"}\n'}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A registry of relation P7, served from this machine."""
    monkeypatch.setenv("QLOC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for kind, content in CONTENTS.items():
        (tmp_path / f"{kind}.jsonl").write_bytes(content)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        path = tmp_path / "registry.txt"
        path.write_text(
            "".join(
                f"pararel/{kind}/P7.jsonl {hashlib.sha256(content).hexdigest()}"
                f" http://127.0.0.1:{server.server_port}/{kind}.jsonl\n"
                for kind, content in CONTENTS.items()
            )
        )
        yield path
        server.shutdown()
        thread.join()


def run(registry, folder, relation="P7"):
    arguments = {
        "--relation": relation,
        "--registry": registry,
        "--facts": folder / "facts.out",
        "--patterns": folder / "patterns.out",
    }
    flat = [str(part) for pair in arguments.items() for part in pair]
    return CliRunner().invoke(main, ["download-relation", *flat])


def test_facts_and_patterns_arrive_as_they_are_upstream(registry, tmp_path):
    result = run(registry, tmp_path)
    assert result.exit_code == 0, result.output
    assert {kind: (tmp_path / f"{kind}.out").read_bytes() for kind in CONTENTS} == CONTENTS


def test_a_relation_that_is_not_registered_is_refused(registry, tmp_path):
    result = run(registry, tmp_path, "P8")
    assert result.exit_code == 1
    assert "Error: `relations` lists `P8`, which cannot be downloaded" in result.output
    assert not (tmp_path / "facts.out").exists()
