"""Rows attend to their prompt's earlier tokens and to themselves, and leave no trace."""

import pytest
import torch

from qloc.errors import StudyError
from qloc.models import row_attention
from qloc.models.row_attention import SharedPrefix, attend

LENGTHS = [4, 0, 2]
N_TOKENS = 5  # one column is padding for all
WIDTH, N_ROWS = 3, 4


def naive(query, key, value, prefix, settings):
    """Attention of one token of one row of one head at a time, over what it may see."""
    n_queries, n_heads, n_row_tokens, _ = query.shape
    group = n_heads // key.shape[1]
    out = torch.empty(n_queries, n_row_tokens, n_heads, value.shape[3], dtype=query.dtype)
    for b in range(n_queries):
        for h in range(n_heads):
            for t in range(n_row_tokens):
                row = slice(t - t % prefix.n_tail, t + 1)  # its own earlier tokens and itself
                keys, values = (
                    torch.cat([earlier[1][b, h // group, : LENGTHS[b]], own[b, h // group, row]])
                    for earlier, own in ((prefix.keys, key), (prefix.values, value))
                )
                seen = slice(-settings.get("sliding_window", 99), None)
                logits = keys[seen] @ query[b, h, t] * settings.get("scaling", WIDTH**-0.5)
                if "softcap" in settings:
                    logits = settings["softcap"] * torch.tanh(logits / settings["softcap"])
                out[b, t, h] = torch.softmax(logits, 0) @ values[seen]
    return out


@pytest.fixture(params=[1, 3], ids=["tails of one token", "tails of three tokens"])
def drawn(request):
    generator = torch.Generator().manual_seed(1)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    tokens = (3, 2, N_TOKENS, WIDTH)
    prefix = SharedPrefix(
        (draw(*tokens), draw(*tokens)),
        (draw(*tokens), draw(*tokens)),
        torch.tensor(LENGTHS),
        request.param,
    )
    module = torch.nn.Identity()
    module.layer_idx = 1
    n = N_ROWS * request.param
    return module, (draw(3, 4, n, WIDTH), draw(3, 2, n, WIDTH), draw(3, 2, n, WIDTH)), prefix


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"scaling": 0.7},
        {"sliding_window": 3},
        {"sliding_window": 1},
        {"softcap": 0.5},
        {"softcap": 0.5, "sliding_window": 2},
    ],
    ids=str,
)
def test_a_row_sees_the_tokens_of_its_prompt_and_itself(drawn, settings):
    module, own, prefix = drawn
    token = row_attention._PREFIX.set(prefix)
    try:
        found, weights = attend(module, *own, None, dropout=0.0, **settings)
    finally:
        row_attention._PREFIX.reset(token)
    assert weights is None
    torch.testing.assert_close(found, naive(*own, prefix, settings), rtol=0, atol=1e-14)
    assert prefix.n_calls == 1


def test_rows_without_earlier_tokens_see_only_themselves(drawn):
    module, own, given = drawn
    prefix = SharedPrefix((), (), torch.zeros(3, dtype=torch.int64), given.n_tail)
    token = row_attention._PREFIX.set(prefix)
    try:
        found, _ = attend(module, *own, None)
    finally:
        row_attention._PREFIX.reset(token)
    first = slice(None, None, given.n_tail)  # tokens of each row that see one token
    values = own[2].repeat_interleave(2, 1).transpose(1, 2)
    torch.testing.assert_close(found[:, first], values[:, first])
    assert torch.equal(found, values) == (given.n_tail == 1)


@pytest.mark.parametrize("raises", [False, True])
def test_the_models_own_attention_is_restored(random_model, drawn, raises):
    model = random_model("llama", torch.float32)
    module, error = model.module, RuntimeError if raises else StudyError
    before = module.config._attn_implementation

    def attend_to_nothing():
        with row_attention.row_attention(model, drawn[2]):
            assert module.config._attn_implementation != before
            if raises:
                raise RuntimeError

    with pytest.raises(error, match=None if raises else "of 3 layers, 0 computed attention"):
        attend_to_nothing()
    assert module.config._attn_implementation == before
    with pytest.raises(LookupError):
        row_attention._PREFIX.get()
