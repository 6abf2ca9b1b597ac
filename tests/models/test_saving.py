"""An edited model is written as a checkpoint of its own, and is the same when opened again."""

import numpy as np
import pytest
import torch

from qloc.errors import StudyError
from qloc.models import saving
from qloc.models.checkpoints import check_checkpoint, sha256
from qloc.models.edits import Edit
from qloc.models.opening import open_checkpoint
from qloc.models.weights import edited_weights

TEXT = torch.tensor([[1, 7, 12, 9]])


def edit_of(model):
    """Two neurons of different layers, changed a lot."""
    changes = torch.full((2, model.hidden_size), 0.5)
    return Edit(np.array([0, 2]), np.array([3, 5]), changes)


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_opened_again_it_is_the_edited_model_to_the_bit(
    save_checkpoint, tmp_path, architecture, dtype
):
    source = save_checkpoint(architecture, dtype)
    model = open_checkpoint(source, threads=1)
    clean = model.module(TEXT).logits
    folder = tmp_path / "new/edited"
    with edited_weights(model) as weights:
        weights.apply(edit_of(model))
        edited = model.module(TEXT).logits
        expected = {name: tensor.clone() for name, tensor in model.module.state_dict().items()}
        saving.save_checkpoint(model, folder, {"note.txt": "Œuvre\n"})
    check_checkpoint(folder)
    again = open_checkpoint(folder, threads=1)
    assert torch.equal(again.module(TEXT).logits, edited)
    assert not torch.equal(edited, clean)
    found = again.module.state_dict()
    assert set(found) == set(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert again.tokenizer.encode("word7") == model.tokenizer.encode("word7")
    assert (folder / "note.txt").read_text(encoding="utf-8") == "Œuvre\n"
    assert [path.name for path in folder.parent.iterdir()] == ["edited"]
    assert len({path.stat().st_mode for path in folder.iterdir()}) == 1


def test_the_source_is_told_by_its_digest(save_checkpoint):
    source = save_checkpoint("gpt2")
    digest = sha256(source / "model.safetensors")
    model = open_checkpoint(source, threads=1)
    assert saving.source_sha256(model) == {"model.safetensors": digest}


def test_an_empty_folder_is_taken_and_a_used_one_refused(save_checkpoint, tmp_path):
    model = open_checkpoint(save_checkpoint("gpt2"), threads=1)
    empty = tmp_path / "empty"
    empty.mkdir()
    saving.save_checkpoint(model, empty, {})
    check_checkpoint(empty)
    before = sorted((path.name, sha256(path)) for path in empty.iterdir())
    with pytest.raises(StudyError, match="empty is not empty, and nothing is written over"):
        saving.save_checkpoint(model, empty, {"note.txt": ""})
    assert sorted((path.name, sha256(path)) for path in empty.iterdir()) == before
    (tmp_path / "note").write_text("")
    with pytest.raises(StudyError, match="note is a file"):
        saving.refuse_used_folder(tmp_path / "note")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_is_not_finished_leaves_nothing(save_checkpoint, tmp_path, monkeypatch, error):
    model = open_checkpoint(save_checkpoint("gpt2"), threads=1)

    def fail(folder):
        (folder / "config.json").write_text("{}")
        raise error

    monkeypatch.setattr(model.module, "save_pretrained", fail)
    place = tmp_path / "place"
    with pytest.raises(error):
        saving.save_checkpoint(model, place / "edited", {})
    assert list(place.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(save_checkpoint, tmp_path):
    model = open_checkpoint(save_checkpoint("gpt2"), threads=1)
    (tmp_path / "file").write_text("")
    with pytest.raises(StudyError, match="cannot be written"):
        saving.save_checkpoint(model, tmp_path / "file/edited", {})
