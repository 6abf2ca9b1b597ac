"""Which columns are synapses: by hand, and by an oracle that goes column by column."""

import itertools

import numpy as np
import pytest

from qloc.errors import StudyError
from qloc.measures.synapses import (
    SynapseRule,
    attention_mass,
    column_scores,
    find_synapses,
    first_column_share,
    synapse_rules,
)

SEEN = np.tri(4, dtype=bool)[None]
EVEN = (SEEN / SEEN.sum(2, keepdims=True))[:, None]  # every row looks evenly at all it sees


@pytest.fixture
def attention():
    """Random attention of 2 layers with 3 heads over 6 tokens; the second has a window of 3."""
    seen = np.tri(6, dtype=bool)
    is_visible = np.stack([seen, seen & ~np.tri(6, k=-3, dtype=bool)])
    draw = np.random.default_rng(4).exponential(size=(2, 3, 6, 6)) * is_visible[:, None]
    return draw / draw.sum(3, keepdims=True), is_visible


def oracle(weights, is_visible, rule, alpha):
    """Synapses as a set of (layer, head, token), by the words of docs/explanation/method.md."""
    n_layers, n_heads, n_tokens, _ = weights.shape
    scores = {}
    for layer, head, column in itertools.product(
        range(n_layers), range(n_heads), range(rule.exclude_first_token, n_tokens)
    ):
        rows = [row for row in range(n_tokens) if is_visible[layer, row, column]]
        total = sum(weights[layer, head, row, column] for row in rows)
        even = sum(1 / is_visible[layer, row].sum() for row in rows)
        unit = {"sum": 1, "mean_valid": len(rows), "lift": even}[rule.reduce]
        scores[layer, head, column] = total / unit
    found = set()
    for place, score in scores.items():
        among = [
            other for key, other in scores.items() if rule.scope == "global" or key[:2] == place[:2]
        ]
        threshold = {
            "mean": lambda among=among: alpha * np.mean(among),
            "max": lambda among=among: alpha * max(among),
            "quantile": lambda among=among: np.quantile(among, alpha),
        }[rule.tau]()
        if score > threshold:
            found.add(place)
    return found


def test_scores_of_even_attention_by_hand():
    assert column_scores(EVEN, SEEN, "sum")[0, 0] == pytest.approx([25 / 12, 13 / 12, 7 / 12, 0.25])
    assert column_scores(EVEN, SEEN, "mean_valid")[0, 0] == pytest.approx(
        [25 / 48, 13 / 36, 7 / 24, 0.25]
    )
    assert column_scores(EVEN, SEEN, "lift")[0, 0] == pytest.approx([1, 1, 1, 1])


def test_lift_is_relative_to_even_attention_within_the_window(attention):
    _, is_visible = attention
    even = (is_visible / is_visible.sum(2, keepdims=True))[:, None]
    assert np.allclose(column_scores(even, is_visible, "lift"), 1, rtol=1e-15)


def test_the_mean_of_the_sums_is_1_so_that_alpha_is_the_threshold(attention):
    weights, is_visible = attention
    found = find_synapses(weights, is_visible, SynapseRule("sum", "mean", "global", False), 0.9)
    assert (found == (weights.sum(2) > 0.9)).all()
    assert 0 < found.sum() < found.size


def test_a_score_at_the_threshold_is_no_synapse():
    weights = np.array([[[[1.0, 0], [0.5, 0.5]], [[1.0, 0], [0.5, 0.5]]]])  # columns of 1.5 and 0.5
    seen = np.tri(2, dtype=bool)[None]
    rule = SynapseRule("sum", "mean", "global", False)
    assert find_synapses(weights, seen, rule, 0.5).sum() == 2
    assert find_synapses(weights, seen, rule, 0.4999).all()


def test_each_head_may_have_a_scale_of_its_own():
    sharp, flat = [[1.0, 0], [1.0, 0]], [[1.0, 0], [0.2, 0.8]]  # columns of 2, 0 and of 1.2, 0.8
    weights, seen = np.array([[sharp, flat]]), np.tri(2, dtype=bool)[None]
    by_head = find_synapses(weights, seen, SynapseRule("sum", "max", "per_head", False), 0.65)
    assert by_head.tolist() == [[[True, False], [True, True]]]
    over_all = find_synapses(weights, seen, SynapseRule("sum", "max", "global", False), 0.65)
    assert over_all.tolist() == [[[True, False], [False, False]]]


def test_the_first_token_can_be_left_out_also_of_the_scale():
    found = find_synapses(EVEN, SEEN, SynapseRule("sum", "max", "global", True), 0.5)
    assert found[0, 0].tolist() == [False, True, True, False]  # above half of 13/12
    with_first = find_synapses(EVEN, SEEN, SynapseRule("sum", "max", "global", False), 0.5)
    assert with_first[0, 0].tolist() == [True, True, False, False]  # above half of 25/12


def test_without_its_first_token_a_prompt_of_one_has_no_synapse():
    one = np.ones((1, 1, 1, 1))
    rule = SynapseRule("sum", "mean", "per_head", True)
    assert not find_synapses(one, np.ones((1, 1, 1), dtype=bool), rule, 0.0).any()


@pytest.mark.parametrize("exclude_first_token", [False, True])
@pytest.mark.parametrize("scope", ["global", "per_head"])
@pytest.mark.parametrize("tau", ["mean", "max", "quantile"])
@pytest.mark.parametrize("reduce", ["sum", "mean_valid", "lift"])
def test_synapses_are_those_of_the_oracle(attention, reduce, tau, scope, exclude_first_token):
    rule = SynapseRule(reduce, tau, scope, exclude_first_token)
    found = find_synapses(*attention, rule, 0.62)
    places = {tuple(place) for place in np.argwhere(found).tolist()}
    assert places == oracle(*attention, rule, 0.62)
    assert 0 < len(places) < found.size


def test_single_precision_is_added_up_in_double_precision():
    weights = np.full((1, 1, 3, 3), 0.1, dtype=np.float32)
    sums = column_scores(weights, np.ones((1, 3, 3), dtype=bool), "sum")
    assert sums[0, 0, 0] == 3 * float(np.float32(0.1))


def test_the_mass_in_columns_is_averaged_over_layers_heads_and_rows():
    weights = np.stack([EVEN[0], EVEN[0]])
    columns = np.zeros((2, 1, 4), dtype=bool)
    columns[1, 0, [0, 3]] = True
    assert attention_mass(weights, columns) == pytest.approx((25 / 12 + 0.25) / 8)
    assert attention_mass(weights, ~columns & columns) == 0


def test_no_more_than_all_attention_lies_in_all_columns():
    weights = np.full((1, 1, 3, 3), np.float32(1 / 3))  # of which three make more than 1
    assert weights.sum(dtype=np.float64) > 3
    assert attention_mass(weights, np.ones((1, 1, 3), dtype=bool)) == 1


def test_the_share_of_first_columns_is_missing_where_there_is_no_column():
    columns = np.zeros((1, 2, 4), dtype=bool)
    assert np.isnan(first_column_share(columns))
    columns[0, :, 1] = True
    assert first_column_share(columns) == 0
    columns[0, 1, 0] = True
    assert first_column_share(columns) == pytest.approx(1 / 3)


def test_rules_are_made_of_their_settings():
    settings = {"reduce": "lift", "tau": "max", "scope": "per_head", "exclude_first_token": True}
    assert synapse_rules({"mine": settings}) == {
        "mine": SynapseRule("lift", "max", "per_head", True)
    }


@pytest.mark.parametrize("name", ["reduce", "tau", "scope"])
def test_an_unknown_way_of_finding_synapses_is_refused(name):
    settings = {"reduce": "sum", "tau": "mean", "scope": "global", "exclude_first_token": False}
    with pytest.raises(StudyError, match=f"`synapses.preset.mine.{name}` is `half`. Take one of"):
        synapse_rules({"mine": settings | {name: "half"}})
