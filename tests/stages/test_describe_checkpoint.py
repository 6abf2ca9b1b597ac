"""A checkpoint in a folder is described, and opens from its description."""

import pytest
from click.testing import CliRunner

from qloc.cli import main
from qloc.models.language_model import open_model
from qloc.models.manifest import read_manifest


@pytest.fixture
def describe(tmp_path):
    def invoke(**changes):
        options = {
            "name": "mine",
            "source": "folder",
            "folder": "",
            "hub-name": "",
            "revision": "",
            "manifest": tmp_path / "out" / "model.json",
            **{name.replace("_", "-"): value for name, value in changes.items()},
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        return CliRunner().invoke(main, ["describe-checkpoint", *arguments]), options["manifest"]

    return invoke


def test_a_folder_is_described_as_it_was_configured(describe, pupil, monkeypatch):
    monkeypatch.chdir(pupil.parents[1])
    result, path = describe(folder="pupil")
    assert result.exit_code == 0, result.output
    manifest = read_manifest(path)
    assert (manifest.name, manifest.source, manifest.folder) == ("mine", "folder", "pupil")
    assert manifest.weights_sha256 == read_manifest(pupil).weights_sha256
    assert manifest.trained_queries is None
    assert open_model(path, threads=1).n_neurons == manifest.n_neurons == 512


def test_a_description_says_the_same_every_time(describe, pupil):
    _, path = describe(folder=pupil.parent)
    first = path.read_bytes()
    describe(folder=pupil.parent)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"folder": "nowhere"}, "nowhere is not a folder"),
        ({"source": "hub", "hub_name": "a/b", "revision": "main"}, "does not pin a commit"),
    ],
)
def test_a_checkpoint_that_cannot_be_had_is_refused_and_nothing_written(describe, changes, message):
    result, path = describe(**changes)
    assert result.exit_code == 1
    assert message in result.output
    assert not path.exists()
