"""Rows attend to their prompt's earlier tokens and to themselves, and leave no trace."""

import pytest
import torch

from qloc.models import row_attention
from qloc.models.row_attention import SharedPrefix, attend

LENGTHS = [4, 0, 2]
N_TOKENS = 5  # one column is padding for all
WIDTH, N_ROWS = 3, 4


def naive(query, key, value, prefix, settings):
    """Attention of one row of one head at a time, over what it may see."""
    n_queries, n_heads, n_rows, _ = query.shape
    group = n_heads // key.shape[1]
    out = torch.empty(n_queries, n_rows, n_heads, value.shape[3], dtype=query.dtype)
    for b in range(n_queries):
        length = LENGTHS[b]
        first = max(0, length + 1 - settings.get("sliding_window", 99))
        for h in range(n_heads):
            for r in range(n_rows):
                keys = torch.stack(
                    [*prefix.keys[1][b, h // group, first:length], key[b, h // group, r]]
                )
                values = torch.stack(
                    [*prefix.values[1][b, h // group, first:length], value[b, h // group, r]]
                )
                logits = keys @ query[b, h, r] * settings.get("scaling", WIDTH**-0.5)
                if "softcap" in settings:
                    logits = settings["softcap"] * torch.tanh(logits / settings["softcap"])
                out[b, r, h] = torch.softmax(logits, 0) @ values
    return out


@pytest.fixture
def drawn():
    generator = torch.Generator().manual_seed(1)

    def draw(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    tokens = (3, 2, N_TOKENS, WIDTH)
    prefix = SharedPrefix(
        (draw(*tokens), draw(*tokens)), (draw(*tokens), draw(*tokens)), torch.tensor(LENGTHS)
    )
    module = torch.nn.Identity()
    module.layer_idx = 1
    own = draw(3, 4, N_ROWS, WIDTH), draw(3, 2, N_ROWS, WIDTH), draw(3, 2, N_ROWS, WIDTH)
    return module, own, prefix


@pytest.mark.parametrize(
    "settings",
    [{}, {"scaling": 0.7}, {"sliding_window": 3}, {"sliding_window": 1}, {"softcap": 0.5}],
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


def test_prompts_of_one_token_see_only_themselves(drawn):
    module, own, _ = drawn
    token = row_attention._PREFIX.set(SharedPrefix((), (), torch.zeros(3, dtype=torch.int64)))
    try:
        found, _ = attend(module, *own, None)
    finally:
        row_attention._PREFIX.reset(token)
    torch.testing.assert_close(found, own[2].repeat_interleave(2, 1).transpose(1, 2))


@pytest.mark.parametrize("raises", [False, True])
def test_the_models_own_attention_is_restored(random_model, drawn, raises):
    module = random_model("llama", torch.float32).module
    before = module.config._attn_implementation
    try:
        with row_attention.row_attention(module, drawn[2]):
            assert module.config._attn_implementation != before
            if raises:
                raise RuntimeError
    except RuntimeError:
        pass
    assert module.config._attn_implementation == before
    with pytest.raises(LookupError):
        row_attention._PREFIX.get()
