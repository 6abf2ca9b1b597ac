"""What is not manipulated is compared with a plain run of the model."""

import numpy as np
import pytest
import torch

from qloc.errors import StudyError
from qloc.models import plain_check
from qloc.models.answers import answer
from qloc.models.interventions import NeuronFactors
from qloc.models.neuron_factors import scale_neurons
from qloc.models.plain_check import check_unmodified
from qloc.models.synapse_runs import Reading, manipulate_columns
from qloc.models.tails import read_prompts

NOTHING = NeuronFactors(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), 0.0)


@pytest.mark.parametrize("answer_tokens", ["first", "mean_tokens", "joint"])
def test_the_plain_probability_passes_and_another_does_not(
    answer_tokens, random_model, mixed_queries
):
    model, query = random_model("gpt2", torch.float64), mixed_queries[2]
    plain = float(answer(model, [query], None, 1, answer_tokens).probability[0])
    check_unmodified(model, query, plain * (1 + 1e-4), answer_tokens)
    for factor in (0.99, 1.01):
        with pytest.raises(StudyError, match=r"nothing manipulated, is .* plain run gives"):
            check_unmodified(model, query, factor * plain, answer_tokens)


@pytest.mark.parametrize("run", ["texts", "rows"])
def test_a_model_whose_rows_go_wrong_is_refused(run, random_model, mixed_queries, monkeypatch):
    """A plain run that gives something else is that of a model which rows misunderstand."""
    model, queries = random_model("llama", torch.float32), mixed_queries[:3]
    others = [queries[0], *queries[:2]]

    def ask():
        if run == "texts":
            manipulate_columns(model, queries, [], [{}] * 3, [], Reading("first", None))
            return
        last = [[len(query.prompt_tokens) - 1] for query in queries]
        prompts = read_prompts(model, queries, last, "first")
        scale_neurons(model, prompts, [[NOTHING]] * 3)

    ask()
    longest = max(range(3), key=lambda number: len(queries[number].prompt_tokens))
    monkeypatch.setattr(
        plain_check,
        "answer",
        lambda model, _query, *rest: answer(model, [others[longest]], *rest),
    )
    with pytest.raises(StudyError, match="LlamaForCausalLM cannot be studied"):
        ask()
