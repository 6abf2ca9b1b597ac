"""An inspection as text for a terminal."""

from collections.abc import Sequence

from qloc.inspection.findings import Consistency, PairOverlap, PromptFindings, ScoredNeuron
from qloc.terminal import by_layer, filled, firmly_quoted, number, quoted, table

# Scores of a prompt are written with five decimals if its best is at least this.
_LEAST_WITH_DECIMALS = 0.01


def heading(model: str, how: str) -> str:
    """The model and how its answers were attributed."""
    return "\n".join([*filled(model), *filled(how)])


def prompt_section(found: PromptFindings, place: int, answer: str, answer_tokens: str) -> str:
    """One prompt: the answer, how many knowledge neurons there are and where, the best neurons."""
    lines = filled(f"Prompt {place}: {quoted(found.prompt)} -> {quoted(answer)}")
    lines += filled(_answered(found, answer_tokens), "  ")
    lines += filled(_counted(found), "  ")
    if found.unsettled_layers:
        layers = ", ".join(map(str, found.unsettled_layers))
        lines += filled(f"Scores did not settle to the tolerance in layers: {layers}.", "  ")
    return "\n".join([*lines, "", *_neurons(found.top_neurons)])


def overlap_section(
    prompts: Sequence[PromptFindings], overlaps: Sequence[PairOverlap], consistency: Consistency
) -> str:
    """How many knowledge neurons the prompts have in common."""
    sizes = [len(found.knowledge_neurons) for found in prompts]
    rows = [
        (
            f"{pair.first} and {pair.second}",
            f"{sizes[pair.first - 1]:,} and {sizes[pair.second - 1]:,}",
            f"{pair.n_shared:,}",
            f"{pair.n_any:,}",
            _share(pair.jaccard),
        )
        for pair in overlaps
    ]
    score = (
        f"Consistency score of the {len(prompts)} prompts: {_share(consistency.score)}"
        f" ({consistency.n_shared:,} of {consistency.n_any:,} knowledge neurons belong to more than"
        " one prompt)."
    )
    unknown = [str(n) for n, found in enumerate(prompts, 1) if found.answer_rank > 1]
    if unknown:
        score += (
            f" The model does not give the answer to {_number_of(unknown)}: a study of known"
            " queries would leave that out."
        )
    header = ("prompts", "neurons", "shared", "of either", "Jaccard")
    return "\n".join(["Knowledge neurons in common", "", *table(header, rows), "", *filled(score)])


def _answered(found: PromptFindings, answer_tokens: str) -> str:
    tokens = " ".join(map(firmly_quoted, found.answer_tokens))
    what = {
        "first": f"P({firmly_quoted(found.answer_tokens[0])})",
        "mean_tokens": f"mean P of {tokens}",
        "joint": f"P({tokens})",
    }[answer_tokens]
    said = f"P(answer) = {what} = {found.answer_probability:.4g}, rank {found.answer_rank:,}"
    if found.answer_rank > 1:
        said += f"; the model says {firmly_quoted(found.said)} ({found.said_probability:.4g})"
    n_left_out = len(found.answer_tokens) - 1
    if answer_tokens == "first" and n_left_out:
        said += f"; the answer has {number(n_left_out, 'more token')}: see --answer-tokens"
    return f"{said}."


def _counted(found: PromptFindings) -> str:
    n = len(found.knowledge_neurons)
    if not n:
        return "No knowledge neurons: no neuron contributed to the answer."
    layers = by_layer(found.knowledge_neurons_by_layer)
    return f"{number(n, 'knowledge neuron')}: {layers}."


def _neurons(neurons: Sequence[ScoredNeuron]) -> list[str]:
    has_decimals = abs(neurons[0].score) >= _LEAST_WITH_DECIMALS
    rows = [
        (
            str(neuron.layer),
            str(neuron.neuron),
            f"{neuron.score:.5f}" if has_decimals else f"{neuron.score:.3e}",
            _share(neuron.share),
            f"{neuron.activation:.4g}",
            "yes" if neuron.is_selected else "no",
        )
        for neuron in neurons
    ]
    return table(("layer", "neuron", "score", "of best", "activation", "selected"), rows)


def _number_of(prompts: Sequence[str]) -> str:
    return f"prompt {prompts[0]}" if len(prompts) == 1 else f"prompts {', '.join(prompts)}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
