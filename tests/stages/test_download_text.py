"""`download-text` writes both parts of WikiText-2, or nothing."""

import hashlib

import pytest
from click.testing import CliRunner

from qloc.cli import main

PARTS = {"valid": b" A paragraph . \n", "test": b" Another . \n"}


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A registry whose two files already lie in the cache; no server answers."""
    monkeypatch.setenv("QLOC_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache" / "wikitext-2").mkdir(parents=True)
    for part, content in PARTS.items():
        (tmp_path / "cache" / "wikitext-2" / f"{part}.txt").write_bytes(content)
    path = tmp_path / "registry.txt"
    path.write_text(
        "".join(
            f"wikitext-2/{part}.txt {hashlib.sha256(content).hexdigest()} http://127.0.0.1:9/\n"
            for part, content in PARTS.items()
        )
    )
    return path


def test_the_parts_come_from_the_cache_without_a_network(registry, tmp_path):
    written = tmp_path / "training.txt", tmp_path / "held_out.txt"
    options = ["--registry", registry, "--training", written[0], "--held-out", written[1]]
    result = CliRunner().invoke(main, ["download-text", *map(str, options)])
    assert result.exit_code == 0, result.output
    assert [path.read_bytes() for path in written] == [PARTS["valid"], PARTS["test"]]
