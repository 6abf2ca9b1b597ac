"""Mistakes people make in a study's settings, each with words that they are refused with."""

from typing import Any

MISTAKES: tuple[tuple[dict[str, Any], str], ...] = (
    ({"atribution": {"keep": 0.1}}, "Did you mean `attribution`?"),
    ({"attribution": {"ig": {"step": 20}}}, "Did you mean `steps`?"),
    ({"bootstrap_draws": 100}, "Did you mean `consistency.bootstrap_draws`?"),
    ({"seed": "one"}, '`seed` is "one", but must be a whole number'),
    ({"attribution": {"ig": {"tolerance": "1e-3"}}}, "Write 0.001."),
    ({"knowledge_neurons": {"selection_threshold": 1.5}}, "is 1.5, but must be"),
    ({"relations": ["P36", "P999"]}, "`P999`"),
    ({"relations": []}, "must not be empty"),
    ({"methods": ["saliency"]}, "can be `ig`, `sig`, `amig`"),
    ({"methods": ["sig"]}, "`editing.methods` lists `ig`, but `methods` does not"),
    ({"models": ["llama"]}, "`models` lists `llama`, but `model` does not describe it"),
    ({"attribution": {"keep": 0.2}}, "Lower `attribution.keep` to 0.05"),
    ({"dataset": {"source": "directory", "directory": "gone"}}, "gone"),
    ({"synapses": None}, "must be a group of settings"),
)
