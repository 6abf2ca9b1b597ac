"""A checkpoint that the hub gives to some only: what a person who may not have it is told."""

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

pytestmark = pytest.mark.slow

REVISION = "0123456789abcdef0123456789abcdef01234567"


class GatedHub(BaseHTTPRequestHandler):
    """Answers all as the hub answers those who have not accepted the terms."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.send_response(403)
        self.send_header("X-Error-Code", "GatedRepo")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    """The address of a gated hub on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), GatedHub)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_run_says_where_the_terms_are_and_how_to_log_in(checkout: Path, hub: str) -> None:
    closed = {"source": "hub", "name": "someone/closed", "revision": REVISION}
    study = {"models": ["closed"], "model": {"closed": closed}}
    (checkout / "closed.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))
    }
    command = [sys.executable, "workflow/run.py", "--cores", "1", "--configfile", "closed.yaml"]
    run = subprocess.run(
        [*command, "--", "results/models/closed/model.json"],
        cwd=checkout,
        env={**environment, "HF_ENDPOINT": hub, "HF_HOME": str(checkout / "hub")},
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 1, said
    assert (
        f"someone/closed at {REVISION}: access is restricted. Accept the terms at"
        " https://huggingface.co/someone/closed and log in with `hf auth login`."
    ) in " ".join(said.split())
    assert "Traceback" not in said
    assert not (checkout / "results/models/closed/model.json").exists()
