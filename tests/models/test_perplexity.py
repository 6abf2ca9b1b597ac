"""Perplexity by its definition."""

import math

import pytest
import torch

from qloc.models.perplexity import perplexity


def test_perplexity_weighs_every_predicted_token_equally(random_model):
    model = random_model("gpt2", torch.float64)
    texts = [[5, 9, 11, 4], [8, 3], [7, 7, 7]]
    losses = []
    for text in texts:
        with torch.no_grad():
            logits = model.module(torch.tensor([text])).logits[0]
        shares = torch.softmax(logits, dim=-1)
        losses += [-math.log(shares[i, text[i + 1]]) for i in range(len(text) - 1)]
    assert len(losses) == 6
    expected = math.exp(sum(losses) / 6)
    assert perplexity(model, texts) == pytest.approx(expected, rel=1e-12)
