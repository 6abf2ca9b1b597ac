"""Settings that are each allowed, and contradict each other: what a schema cannot say."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from qloc.wording import did_you_mean, listed

Settings = Mapping[str, Any]

# The settings that a check reads, and what it finds wrong with them.
Rule = tuple[tuple[str, ...], Callable[[Settings], Iterator[str]]]


def _objects_of_several_tokens(config: Settings) -> Iterator[str]:
    tokens = config["answers"]["tokens"]
    if config["answers"]["candidates"] == "objects" and tokens != "first":
        yield (
            "`answers.candidates: objects` compares objects by their first tokens, but"
            f" `answers.tokens` is `{tokens}`, which counts all. Take `candidates: vocabulary`"
            " (every token must then be the best of the vocabulary) or `tokens: first`."
        )


def _keep_too_high(config: Settings) -> Iterator[str]:
    keep = config["attribution"]["keep"]
    start = min(config["consistency"]["sweep"]["selection_thresholds"])
    if keep > start:
        yield (
            f"`attribution.keep` is {keep}, but `consistency.sweep.selection_thresholds` starts at"
            f" {start}: neurons between {start} and {keep} would be missing from the sweep. Lower"
            f" `attribution.keep` to {start} or start the sweep at {keep}."
        )


def _keep_above_selection(config: Settings) -> Iterator[str]:
    keep = config["attribution"]["keep"]
    threshold = config["knowledge_neurons"]["selection_threshold"]
    if keep > threshold:
        yield (
            f"`attribution.keep` is {keep}, but `knowledge_neurons.selection_threshold` is"
            f" {threshold}: neurons between {threshold} and {keep} would be missing. Lower"
            f" `attribution.keep` to {threshold}."
        )


def _empty_sweep(config: Settings) -> Iterator[str]:
    sweep = config["consistency"]["sweep"]["consistency_thresholds"]
    if sweep["start"] > sweep["stop"]:
        yield (
            f"`consistency.sweep.consistency_thresholds` starts at {sweep['start']} and stops at"
            f" {sweep['stop']}: nothing lies between. Start at or below the stop."
        )


def _presets_without_description(config: Settings, group: str) -> Iterator[str]:
    described = config[group]["preset"]
    for name in config[group]["presets"]:
        if name not in described:
            yield (
                f"`{group}.presets` lists `{name}`, but `{group}.preset` does not describe it."
                f"{did_you_mean(name, described)} Described are {listed(sorted(described))}."
            )


def _quantile_above_all(config: Settings) -> Iterator[str]:
    synapses = config["synapses"]
    for name in synapses["presets"]:
        rule = synapses["preset"].get(name)
        if rule and rule["tau"] == "quantile" and synapses["alpha"] >= 1:
            yield (
                f"`synapses.preset.{name}.tau` is `quantile`, but `synapses.alpha` is"
                f" {synapses['alpha']}: no column lies above. Lower `synapses.alpha` below 1 or"
                " take another `tau`."
            )


def _edited_methods_without_attribution(config: Settings) -> Iterator[str]:
    for name in config["editing"]["methods"]:
        if name not in config["methods"]:
            yield (
                f"`editing.methods` lists `{name}`, but `methods` does not: its neurons would be"
                f" lacking. List `{name}` there, too, or take some of {listed(config['methods'])}"
                " here; [] leaves editing out."
            )


def _texts_too_short(config: Settings) -> Iterator[str]:
    texts = config["editing"]["texts"]
    if texts["least_tokens"] > texts["most_tokens"]:
        yield (
            f"`editing.texts.least_tokens` is {texts['least_tokens']}, but texts are cut at"
            f" `editing.texts.most_tokens`, {texts['most_tokens']}: none would be left. Raise the"
            " one or lower the other."
        )


def _strengths_not_rising(config: Settings) -> Iterator[str]:
    for name in config["editing"]["presets"]:
        rule = config["editing"]["preset"].get(name)
        for weaker, stronger in pairwise(rule["strengths"] if rule else []):
            is_weaker = any(one > other for one, other in zip(weaker, stronger, strict=True))
            if is_weaker or weaker == stronger:
                yield (
                    f"`editing.preset.{name}.strengths` lists {stronger} after {weaker}, but goes"
                    " from the weakest to the strongest: no lambda may fall, and one must rise."
                )


RULES: tuple[Rule, ...] = (
    (("answers/candidates", "answers/tokens"), _objects_of_several_tokens),
    (("attribution/keep", "consistency/sweep/selection_thresholds/*"), _keep_too_high),
    (("attribution/keep", "knowledge_neurons/selection_threshold"), _keep_above_selection),
    (("consistency/sweep/consistency_thresholds/*",), _empty_sweep),
    (
        ("synapses/presets/*", "synapses/preset"),
        partial(_presets_without_description, group="synapses"),
    ),
    (("synapses/presets/*", "synapses/preset/*", "synapses/alpha"), _quantile_above_all),
    (
        ("editing/presets/*", "editing/preset"),
        partial(_presets_without_description, group="editing"),
    ),
    (("editing/methods/*", "methods/*"), _edited_methods_without_attribution),
    (("editing/texts/*",), _texts_too_short),
    (("editing/presets/*", "editing/preset/*"), _strengths_not_rising),
)
