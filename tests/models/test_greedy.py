"""Tokens as text."""

import torch

from qloc.models.greedy import text_of
from qloc.models.language_model import load


def test_tokens_are_read_together_without_blanks_around(save_checkpoint):
    model = load(save_checkpoint("gpt2"), "gpt2", 32, torch.float32)
    assert text_of(model, (5, 7)) == "word5 word7"
    assert text_of(model, ()) == ""
    model.tokenizer.decode = lambda tokens: f" {tokens}\n"
    assert text_of(model, (5,)) == "[5]"
