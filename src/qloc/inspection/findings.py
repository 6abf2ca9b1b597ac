"""What an inspection found, for one prompt and for two."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScoredNeuron:
    """One neuron and what it contributed.

    Attributes:
        layer: From 0.
        neuron: Within the layer, from 0.
        score: The neuron's attribution.
        share: Of the prompt's best score; None where that is not positive.
        activation: What the neuron did at the prompt's last token.
        is_selected: Whether it is a knowledge neuron.
    """

    layer: int
    neuron: int
    score: float
    share: float | None
    activation: float
    is_selected: bool


@dataclass(frozen=True)
class PromptFindings:
    """How a model answers one prompt, and which neurons the answer comes from.

    Attributes:
        prompt: As the model read it.
        answer_tokens: The answer as the tokens that it has behind the prompt.
        n_prompt_tokens: With special tokens.
        answer_probability: Of the answer: its first token, or as `Inspection.answer_tokens` says.
        answer_rank: In the vocabulary, the worst of the counted tokens; 1 is best.
        said: The most probable token, then the most probable behind it, for as many tokens of
            the answer as count.
        said_probability: Of these tokens together.
        top_neurons: Those with the best scores, best first.
        knowledge_neurons: Layer and number of each, in this order.
        knowledge_neurons_by_layer: How many there are in each layer.
        unsettled_layers: Those whose scores did not settle to the tolerance; None if the rule of
            quadrature has none.
    """

    prompt: str
    answer_tokens: tuple[str, ...]
    n_prompt_tokens: int
    answer_probability: float
    answer_rank: int
    said: str
    said_probability: float
    top_neurons: tuple[ScoredNeuron, ...]
    knowledge_neurons: tuple[tuple[int, int], ...]
    knowledge_neurons_by_layer: tuple[int, ...]
    unsettled_layers: tuple[int, ...] | None


@dataclass(frozen=True)
class PairOverlap:
    """How many knowledge neurons two prompts have in common.

    Attributes:
        first: Number of a prompt, from 1.
        second: Number of another.
        n_any: Knowledge neurons of either.
        n_shared: Knowledge neurons of both.
        jaccard: The second over the first; None where neither prompt has any.
    """

    first: int
    second: int
    n_any: int
    n_shared: int
    jaccard: float | None


@dataclass(frozen=True)
class Consistency:
    """How much the knowledge neurons of all prompts agree, as if they asked one fact.

    Attributes:
        n_any: Knowledge neurons of any prompt.
        n_shared: Knowledge neurons of more than one prompt.
        score: The consistency score (Eq. 1): the second over the first; None where there is
            none or one prompt only.
    """

    n_any: int
    n_shared: int
    score: float | None
