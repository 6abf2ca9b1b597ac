"""What manipulations cost, side by side with single patched runs and with eager attention."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from tests.benchmark import single_runs
from tests.benchmark.dimensions import Dimensions, random_model, random_queries
from tests.benchmark.timing import Spread, Timed, gains, spread, take_turns

from qloc.models.answers import answer_probability, last_logits
from qloc.models.interventions import (
    ColumnFactors,
    Intervention,
    MassChanges,
    NeuronFactors,
    intervene,
)
from qloc.models.language_model import LanguageModel
from qloc.models.neuron_factors import scale_neurons
from qloc.models.prompting import EncodedQuery
from qloc.models.tails import read_prompts

N_QUERIES = 8
N_NEURONS = 20  # of a set
N_SETS = 23  # of a query, as `map_queries` tries with three draws: each suppressed, and enhanced
SYNAPSE_SHARE = 0.4
FACTORS = (0.0, 2.0)

NEURON_SETS = "neuron sets at the last token"
SYNAPSES = "synapses and their mass-matched control"
ONE_FORWARD = "one forward with synapses suppressed"
OURS = "rows"
SINGLE = "single runs"
SINGLE_LAST = "single runs, logits of the last token only"
EAGER = "eager attention, nothing manipulated"

Probabilities = Float64[np.ndarray, " version"]


@dataclass(frozen=True)
class Cost:
    """Of one manipulation at one set of dimensions.

    Attributes:
        dimensions: Name of the sizes.
        what: Is manipulated.
        n_versions: Of all queries together.
        seconds: Of one version, by contender.
        gains: How many times faster than each other contender.
        difference: Largest of a probability from that of single runs, relative to it; 0 where
            there are none.
    """

    dimensions: str
    what: str
    n_versions: int
    seconds: Mapping[str, Spread]
    gains: Mapping[str, Spread]
    difference: float


def costs(dimensions: Dimensions, n_rounds: int, n_references: int) -> list[Cost]:
    """Measure all manipulations.

    Args:
        dimensions: The sizes.
        n_rounds: How often each contender takes its turn.
        n_references: Queries whose versions run one by one in each round.
    """
    model, queries = random_model(dimensions), random_queries(dimensions, N_QUERIES)
    return [
        _neuron_sets(dimensions.name, model, queries, n_rounds, n_references),
        _synapses(dimensions.name, model, queries, n_rounds, n_references),
        _one_forward(dimensions.name, model, queries, n_rounds),
    ]


def neuron_sets(model: LanguageModel, queries: Sequence[EncodedQuery]) -> list[list[NeuronFactors]]:
    """Of every query, drawn from all layers."""
    draws = np.random.default_rng(0)
    n_all = model.n_layers * model.n_neurons
    cells = [
        [draws.choice(n_all, N_NEURONS, replace=False) for _ in range(N_SETS)] for _ in queries
    ]
    return [
        [
            NeuronFactors(own // model.n_neurons, own % model.n_neurons, factor)
            for own in of_query
            for factor in FACTORS
        ]
        for of_query in cells
    ]


def synapses(model: LanguageModel, queries: Sequence[EncodedQuery]) -> list[Intervention]:
    """Of every query, in all layers and heads, in four ways; and masses changed in two."""
    draws = np.random.default_rng(0)
    found = []
    for number, query in enumerate(queries):
        n_heads = model.module.config.num_attention_heads
        shape = (model.n_layers, n_heads, len(query.prompt_tokens))
        chosen = draws.random(shape) < SYNAPSE_SHARE
        for factor in FACTORS:
            factors = np.where(chosen, factor, 1.0)
            found += [
                Intervention(number, columns=ColumnFactors(factors, is_renormalised))
                for is_renormalised in (False, True)
            ]
            changes = MassChanges((factor - 1) * draws.random(shape))
            found.append(Intervention(number, masses=changes))
    return found


def rows_of_sets(
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    factors: Sequence[Sequence[NeuronFactors]],
) -> Probabilities:
    """The study's way: the prompts are read once."""
    last = [[len(query.prompt_tokens) - 1] for query in queries]
    prompts = read_prompts(model, queries, last, "first")
    return np.concatenate([own[1:] for own in scale_neurons(model, prompts, factors)])


def rows_of_texts(
    model: LanguageModel, queries: Sequence[EncodedQuery], asked: Sequence[Intervention]
) -> Probabilities:
    """The study's way: texts of many versions in one run."""
    return intervene(model, queries, asked, "first").answer_probability


def eager(model: LanguageModel, queries: Sequence[EncodedQuery]) -> Probabilities:
    """All queries in one run of the model's own attention, as it multiplies matrices."""
    with _eager(model):
        texts = [query.prompt_tokens for query in queries]
        logits = last_logits(model, texts, [1] * len(texts))
    own = torch.tensor([query.answer_token for query in queries])
    return answer_probability(logits, own).numpy()


@contextmanager
def _eager(model: LanguageModel) -> Iterator[None]:
    config = model.module.config
    before = config._attn_implementation
    config._attn_implementation = "eager"
    try:
        yield
    finally:
        config._attn_implementation = before


def _neuron_sets(
    name: str,
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    n_rounds: int,
    n_references: int,
) -> Cost:
    factors = neuron_sets(model, queries)
    asked = [Intervention(number, neurons=one) for number, own in enumerate(factors) for one in own]
    few = asked[: n_references * len(factors[0])]
    ours = (lambda: rows_of_sets(model, queries, factors), len(asked))
    contenders = {OURS: ours, **_one_by_one(model, queries, few)}
    return _cost(name, NEURON_SETS, contenders, n_rounds)


def _synapses(
    name: str,
    model: LanguageModel,
    queries: Sequence[EncodedQuery],
    n_rounds: int,
    n_references: int,
) -> Cost:
    asked = synapses(model, queries)
    few = asked[: n_references * len(asked) // len(queries)]
    ours = (lambda: rows_of_texts(model, queries, asked), len(asked))
    contenders = {OURS: ours, **_one_by_one(model, queries, few)}
    return _cost(name, SYNAPSES, contenders, n_rounds)


def _one_by_one(
    model: LanguageModel, queries: Sequence[EncodedQuery], asked: Sequence[Intervention]
) -> dict[str, tuple[Callable[[], Probabilities], int]]:
    """Single runs, with logits of all tokens and of the last only."""
    return {
        SINGLE: (lambda: single_runs.answers(model, queries, asked), len(asked)),
        SINGLE_LAST: (lambda: single_runs.answers(model, queries, asked, 1), len(asked)),
    }


def _one_forward(
    name: str, model: LanguageModel, queries: Sequence[EncodedQuery], n_rounds: int
) -> Cost:
    """Of all queries, once each."""
    asked = synapses(model, queries)
    asked = asked[:: len(asked) // len(queries)]
    contenders = {
        OURS: (lambda: rows_of_texts(model, queries, asked), len(asked)),
        EAGER: (lambda: eager(model, queries), len(queries)),
    }
    return _cost(name, ONE_FORWARD, contenders, n_rounds)


def _cost(
    name: str,
    what: str,
    contenders: Mapping[str, tuple[Callable[[], Probabilities], int]],
    n_rounds: int,
) -> Cost:
    """Take turns, after one turn each that is not measured."""
    found = {contender: run() for contender, (run, _) in contenders.items()}
    n_same = len(found.get(SINGLE, ()))
    single = found.get(SINGLE, found[OURS][:0])
    difference = np.abs(found[OURS][:n_same] / single - 1)
    timed = {
        contender: Timed(lambda _, run=run: run(), n)  # type: ignore[misc]
        for contender, (run, n) in contenders.items()
    }
    seconds = take_turns(timed, n_rounds)
    return Cost(
        name,
        what,
        contenders[OURS][1],
        {contender: spread(own) for contender, own in seconds.items()},
        {other: gains(seconds[other], seconds[OURS]) for other in contenders if other != OURS},
        float(difference.max(initial=0)),
    )
