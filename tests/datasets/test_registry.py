"""The shipped registries pin what is downloaded, and are the real data's hashes."""

import hashlib
import re
from pathlib import Path

import pytest

from qloc.datasets.registry import check_relations, read_registry
from qloc.errors import StudyError

REGISTRIES = Path(__file__).parents[2] / "resources" / "registry"
PARAREL = "https://raw.githubusercontent.com/yanaiela/pararel/cb5554678457beb5ac163d888f1ce8cf174b3f0b/data/"


@pytest.mark.parametrize("registry", ["pararel", "wikitext-2"])
def test_registered_hashes_are_those_of_the_real_files(data_folder, registry):
    for file in read_registry(REGISTRIES / f"{registry}.txt").values():
        content = (data_folder / file.name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256, file.name


def test_every_relation_of_pararel_has_facts_and_patterns_at_the_pinned_revision():
    files = read_registry(REGISTRIES / "pararel.txt")
    relations = {Path(name).stem for name in files}
    assert len(relations) == 39
    for relation in relations:
        facts, patterns = (files[f"pararel/{k}/{relation}.jsonl"] for k in ("facts", "patterns"))
        assert facts.url == f"{PARAREL}trex_lms_vocab/{relation}.jsonl"
        assert patterns.url == f"{PARAREL}pattern_data/graphs_json/{relation}.jsonl"


def test_every_address_names_a_commit():
    for registry in ("pararel", "wikitext-2"):
        for file in read_registry(REGISTRIES / f"{registry}.txt").values():
            assert re.match(
                r"https://raw\.githubusercontent\.com/[^/]+/[^/]+/[0-9a-f]{40}/", file.url
            )


def test_an_unknown_relation_is_refused_with_the_known_ones():
    check_relations(REGISTRIES / "pararel.txt", ["P36", "P1001"])
    with pytest.raises(StudyError, match=r"`P9`, .*ParaRel has P1001, P101, "):
        check_relations(REGISTRIES / "pararel.txt", ["P36", "P9"])


def test_a_broken_registry_is_refused_with_its_line(tmp_path):
    path = tmp_path / "registry.txt"
    path.write_text("# files\na.txt 00 http://x\nb.txt 00\n")
    with pytest.raises(StudyError, match=f"{path}, line 3: expected name, SHA-256 and address"):
        read_registry(path)
