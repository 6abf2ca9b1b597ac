"""The method of a run in a paragraph ready to paste, from its settings, and what it cites."""

import json
from collections.abc import Mapping, Sequence

from qloc.figures.formats import counted

METHOD_WORDS = {
    "ig": "integrated gradients (IG; Dai et al., 2022), at the last position from zero",
    "sig": "sequential integrated gradients (SIG; Enguehard, 2023), at each word from another token"
    " in its place, added over words and normalised",
    "amig": "AMIG (Chen et al., 2024), at the last position from prompts with words replaced, added"
    " over words and normalised",
}

METHOD_CITATION = {
    "ig": "Dai et al.: Knowledge neurons in pretrained transformers. ACL 2022.",
    "sig": "Enguehard: Sequential integrated gradients: a simple but effective method for"
    " explaining language models. Findings of ACL 2023.",
    "amig": "Chen et al.: Journey to the center of the knowledge neurons. AAAI 2024.",
}

PAPER = (
    "Chen et al.: Knowledge localization: mission not accomplished? Enter query localization!"
    " ICLR 2025."
)
PARAREL = (
    "Elazar et al.: Measuring and improving consistency in pretrained language models. TACL 2021."
)
OTSU = "Otsu: A threshold selection method from gray-level histograms. IEEE SMC 1979."
DIP = "Hartigan, Hartigan: The dip test of unimodality. Annals of Statistics 1985."

ANSWERED = {
    "first": "the first token of the object",
    "mean_tokens": "the object, by the mean probability of its tokens",
    "joint": "the object, by the joint probability of its tokens",
}

Settings = Mapping[str, str]


def methods_paragraph(settings: Settings, models: Sequence[str], methods: Sequence[str]) -> str:
    """What was done, in sentences for a paper.

    Args:
        settings: Every setting as text, by its name.
        models: Names of the models.
        methods: Names of the attribution methods.
    """
    sentences = [
        _facts(settings, models),
        _attribution(settings, methods),
        _consistency(settings),
    ]
    if settings["synapses.presets"] != "[]":
        sentences.append(_synapses(settings))
    if settings["editing.methods"] != "[]":
        sentences.append(_edits(settings))
    return " ".join([*sentences, _inference(settings)])


def citations(settings: Settings, methods: Sequence[str]) -> list[str]:
    """What the paragraph cites, the paper first."""
    facts = [] if settings["dataset.source"] == "csv" else [PARAREL]
    return [PAPER, *facts, *(METHOD_CITATION[method] for method in methods), OTSU, DIP]


def _facts(settings: Settings, models: Sequence[str]) -> str:
    source = (
        "Facts of our own" if settings["dataset.source"] == "csv" else "Facts of ParaRel's kind"
    )
    cited = "" if settings["dataset.source"] == "csv" else " (Elazar et al., 2021)"
    known = "that the model answers " if settings["answers.known_only"] == "true" else ""
    n_relations = len(json.loads(settings["relations"]))
    return (
        f"{source}{cited} from {counted(n_relations, 'relation')} were asked of"
        f" {', '.join(models)} through several templates each; an answer is"
        f" {ANSWERED[settings['answers.tokens']]}. Studied were facts with at least"
        f" {settings['answers.min_queries']} queries {known}(as by Chen et al., 2025)."
    )


def _attribution(settings: Settings, methods: Sequence[str]) -> str:
    ways = "; by ".join(METHOD_WORDS[method] for method in methods)
    integrals = " and ".join(dict.fromkeys(_integral(settings, method) for method in methods))
    return (
        f"Neurons of the feed-forward layers were attributed by {ways}. Path integrals were taken"
        f" {integrals}, and every query and layer has an error bar. A query's knowledge neurons"
        f" are those whose score exceeds {settings['knowledge_neurons.selection_threshold']} of"
        " its best."
    )


def _integral(settings: Settings, method: str) -> str:
    rule = settings[f"attribution.{method}.quadrature"]
    if rule == "adaptive":
        tolerance = settings[f"attribution.{method}.tolerance"]
        return f"with points added until scores settle to {tolerance} of the best"
    return f"by the rule “{rule}” with {settings[f'attribution.{method}.steps']} points"


def _consistency(settings: Settings) -> str:
    return (
        "A fact's consistency score (CS) is the share of its queries' knowledge neurons that more"
        " than one of them has. Facts below the static threshold,"
        f" {settings['consistency.static_threshold']}, or below Otsu's (1979) are inconsistent."
        " Scores are adjusted for chance, learnt from"
        f" {counted(int(settings['consistency.chance_draws']), 'mixed fact')} drawn for each fact;"
        " whether there are two kinds of facts is tested by BIC and the dip (Hartigan and"
        f" Hartigan, 1985), each against {settings['consistency.simulations']} simulations of one"
        " fitted Beta."
    )


def _synapses(settings: Settings) -> str:
    return (
        "Neuron sets and knowledge synapses, columns of attention with a high score (Eq. 4 of Chen"
        f" et al., 2025, with α = {settings['synapses.alpha']}; presets"
        f" {_names(settings['synapses.presets'])}), were suppressed and doubled, beside"
        " equal-sized and mass-matched controls."
    )


def _edits(settings: Settings) -> str:
    return (
        "Value vectors of the query's own neurons, of their union over queries and of"
        f" consistency-aware sets (β = {settings['editing.beta']}) were updated and erased (presets"
        f" {_names(settings['editing.presets'])}); sets that see several queries were chosen with"
        " half of them and judged on the other half."
    )


def _inference(settings: Settings) -> str:
    return (
        "Intervals are of a two-stage bootstrap, relations then facts, with"
        f" {settings['consistency.bootstrap_draws']} draws. Claims were judged by rules fixed"
        f" beforehand: “widespread” is a share above {settings['claims.widespread']} of facts whose"
        f" adjusted CS lies clearly below {settings['claims.adjusted_level']}, “at every threshold”"
        f" one above {settings['claims.every_threshold']}, “matches” a difference within"
        f" ±{settings['claims.margin']}; on fewer than {settings['claims.min_facts']} facts a claim"
        " was not tested."
    )


def _names(listed: str) -> str:
    """A list as it is recorded, without its brackets and quotes."""
    return listed.strip("[]").replace('"', "")
