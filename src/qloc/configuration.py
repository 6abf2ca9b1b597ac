"""The settings of a study: refused while the workflow is parsed, or resolved for its rules.

Everything that can be known to be wrong before computing is looked for here, and all of it
is said in one message. Read at every start of the workflow: neither torch nor pandas.
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from qloc import contradictions, sources
from qloc.benchmarks import measured_files
from qloc.contradictions import Rule, Settings
from qloc.errors import StudyError
from qloc.models.checkpoints import check_checkpoint
from qloc.named_numbers import named
from qloc.wording import Problem, did_you_mean, listed, schema_problems

_METHODS = ("ig", "sig", "amig")
_RULE = ("quadrature", "steps", "tolerance")


@dataclass(frozen=True)
class Study:
    """What the rules look up.

    Attributes:
        settings: The config, with what it leaves implicit spelled out; numbers know their names
            (see `qloc.named_numbers`).
        instances: Every model to study: a trained model once for each of its seeds.
        source_files: The files each relation is read from.
        texts: The files of the general text, ``training`` and ``held_out``.
        measured: Of every instance: its own ``settings`` as JSON, and the ``benchmarks`` and
            ``tables`` of all jobs that open it.
    """

    settings: dict[str, Any]
    instances: dict[str, dict[str, Any]]
    source_files: dict[str, list[str]]
    texts: dict[str, str]
    measured: dict[str, dict[str, Any]]

    def instances_from(self, *model_sources: str) -> list[str]:
        """Names of the instances whose model comes from one of these sources."""
        return [name for name, model in self.instances.items() if model["source"] in model_sources]


def resolve(config: Settings, schema: Path) -> Study:
    """Check the settings and spell out what the rules look up.

    Raises:
        StudyError: Settings, or files that they name, are wrong; all problems in one message.
    """
    found = problems(config, schema)
    if found:
        raise StudyError("\n".join([how_many(found), *(f"- {problem}" for problem in found)]))
    settings = deepcopy(dict(config))
    sample = settings["dataset"]["sample"]
    sample["facts_per_relation"] = sample["facts_per_relation"] or "all"
    settings["dataset"]["format"] = "csv" if settings["dataset"]["source"] == "csv" else "pararel"
    for method in _METHODS:
        settings["attribution"][method]["knobs"] = _knobs(config["attribution"][method])
    synapses = settings["synapses"]
    synapses["facts_per_relation"] = synapses["facts_per_relation"] or "all"
    synapses["rules"] = json.dumps({name: synapses["preset"][name] for name in synapses["presets"]})
    first = next(iter(synapses["presets"]), "")
    synapses["first"] = {"preset": first, "rule": json.dumps(synapses["preset"].get(first))}
    editing = settings["editing"]
    editing["facts_per_class"] = editing["facts_per_class"] or "all"
    editing["rules"] = json.dumps({name: editing["preset"][name] for name in editing["presets"]})
    instances = dict(_instances(config))
    return Study(
        settings=named(settings),
        instances={name: named(instance) for name, instance in instances.items()},
        source_files={
            relation: sources.relation_files(config["dataset"], relation)
            for relation in config["relations"]
        },
        texts=sources.text_files(config["text"]),
        measured={
            name: {
                "settings": own,
                **measured_files(settings, name, instances[name]["source"]),
            }
            for name, own in _own_settings(settings)
        },
    )


def problems(config: Settings, schema: Path) -> list[str]:
    """All that is wrong with the settings, and with files that they name."""
    return list(_problems(config, yaml.safe_load(schema.read_text(encoding="utf-8"))))


def how_many(found: Sequence[str]) -> str:
    """The line above a list of problems."""
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    return f"{count} to put right before anything is computed:"


def _own_settings(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every instance, with the settings of a study of it alone as JSON."""
    for name, model in _listed_models(settings):
        seeded = [{**model, "seeds": [seed]} for seed in model.get("seeds", ())]
        for described in seeded or [dict(model)]:
            own = {**settings, "models": [name], "model": {name: described}}
            ((instance, _),) = _instances(own)
            yield instance, json.dumps(own, sort_keys=True)


def _knobs(method: Settings) -> str:
    """What a method has of its own, beside the rule of its path integral, as JSON."""
    knobs = {key: value for key, value in method.items() if key not in _RULE}
    return json.dumps(knobs, sort_keys=True)


def one_of(names: list[str]) -> str:
    """A pattern for a wildcard that takes these names only; none if there is no name."""
    return "|".join(name.replace(".", r"\.") for name in names) or "(?!)"


def _problems(config: Settings, schema: Settings) -> Iterator[str]:
    """All that is wrong: first by the schema, then what a schema cannot say."""
    broken = schema_problems(config, schema)
    yield from (problem.message for problem in broken)
    for keys, find in _RULES:
        if not any(_concerns(problem, key) for problem in broken for key in keys):
            yield from find(config)


def _concerns(problem: Problem, key: str) -> bool:
    """Whether a rule that reads ``key`` cannot run: its value, or the group it is in, is broken.

    ``group/*`` reads all that is below the group, too.
    """
    place, parts = [str(part) for part in problem.place], key.split("/")
    is_above = bool(place) and place == parts[: len(place)]
    return is_above or (parts[-1] == "*" and place[: len(parts) - 1] == parts[:-1])


def _models_without_description(config: Settings) -> Iterator[str]:
    for name in config["models"]:
        if name not in config["model"]:
            yield (
                f"`models` lists `{name}`, but `model` does not describe it."
                f"{did_you_mean(name, config['model'])} Described are"
                f" {listed(sorted(config['model']))}."
            )


def _instances_with_one_name(config: Settings) -> Iterator[str]:
    names = [name for name, _ in _instances(config)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"Two models would be called `{name}`. Rename the checkpoint under `model`."


def _bad_checkpoints(config: Settings) -> Iterator[str]:
    for name, model in _listed_models(config):
        if model["source"] == "folder":
            yield from (
                f"`model.{name}.folder`: {message}"
                for message in sources.refusal(check_checkpoint, Path(model["folder"]))
            )


def _bad_relations(config: Settings) -> Iterator[str]:
    yield from sources.relation_problems(config["dataset"], [*dict.fromkeys(config["relations"])])


def _bad_text(config: Settings) -> Iterator[str]:
    is_trained_on = any(model["source"] == "trained" for _, model in _listed_models(config))
    if is_trained_on or config["editing"]["methods"]:
        yield from sources.text_problems(config["text"])


_RULES: tuple[Rule, ...] = (
    *contradictions.RULES,
    (("models/*", "model"), _models_without_description),
    (("models/*", "model/*"), _instances_with_one_name),
    (("models/*", "model/*"), _bad_checkpoints),
    (("relations/*", "dataset/source", "dataset/directory", "dataset/csv"), _bad_relations),
    (("models/*", "model/*", "text/*", "editing/methods"), _bad_text),
)


def _listed_models(config: Settings) -> Iterator[tuple[str, Settings]]:
    """The models to study that are described."""
    for name in dict.fromkeys(config["models"]):
        if name in config["model"]:
            yield name, config["model"][name]


def _instances(config: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every model to study, with its settings; a trained model once for each seed."""
    for name, model in _listed_models(config):
        if model["source"] == "trained":
            shared = {key: value for key, value in model.items() if key != "seeds"}
            for seed in model["seeds"]:
                yield f"{name}-seed{seed}", {**shared, "seed": seed}
        elif model["source"] == "hub":
            yield (
                name,
                {
                    "source": "hub",
                    "folder": "",
                    "hub_name": model["name"],
                    "revision": model["revision"],
                    "files": [],
                },
            )
        else:
            files = sources.checkpoint_files(Path(model["folder"]))
            yield (
                name,
                {
                    "source": "folder",
                    "folder": model["folder"],
                    "hub_name": "",
                    "revision": "",
                    "files": files,
                },
            )
