"""Which texts a model reads before and after an edit."""

import pytest
import torch

from qloc.errors import StudyError
from qloc.models.held_out_texts import drawn_texts, held_out_texts
from qloc.models.language_model import load
from qloc.models.predictions import Continuation

TEXTS = ["word9 word8", "word5 word6 word7", "word4", "word3 word4 word5 word6 word7"]


@pytest.fixture
def model(save_checkpoint):
    """Puts `word1` in front of every text; reads at most five tokens."""
    return load(save_checkpoint("llama"), "llama", 5, torch.float32)


def test_long_texts_are_kept_with_special_tokens_and_cut(model):
    assert held_out_texts(model, TEXTS, 2, 4, 4) == [
        Continuation((1,), (5, 6, 7)),
        Continuation((1,), (3, 4, 5)),
    ]


def test_a_text_ends_with_the_context(model):
    assert held_out_texts(model, TEXTS, 1, 6, 99) == [Continuation((1,), (3, 4, 5, 6))]


def test_too_few_long_texts_are_refused_by_the_names_of_the_settings(model):
    with pytest.raises(StudyError) as refused:
        held_out_texts(model, TEXTS, 3, 4, 128)
    assert str(refused.value) == (
        "`editing.texts.number` is 3, but 2 of 4 held-out texts have"
        " `editing.texts.least_tokens`, 4. Lower one of the two, or give more text under `text`."
    )


def test_the_draw_depends_on_seed_and_names():
    drawn = drawn_texts(90, 5, 3, "P1/00000")
    assert drawn == sorted(set(drawn)) == drawn_texts(90, 5, 3, "P1/00000")
    assert len(drawn) == 5
    assert set(drawn_texts(90, 2, 3, "P1/00000")) < set(drawn)
    assert drawn_texts(90, 5, 4, "P1/00000") != drawn
    assert drawn_texts(90, 5, 3, "P1/00001") != drawn
    assert drawn_texts(3, 3, 3, "P1/00000") == [0, 1, 2]
