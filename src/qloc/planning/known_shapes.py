"""The shape of every model of a study, before anything is fetched or trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qloc.errors import StudyError
from qloc.planning.shapes import (
    Shape,
    registered_shapes,
    shape_of_checkpoint,
    shape_of_manifest,
)

CHECKPOINTS = Path("resources/registry/checkpoints.toml")
MANIFEST = "results/models/{model}/model.json"


def known_shapes(instances: Mapping[str, Mapping[str, Any]]) -> dict[str, Shape]:
    """The shape of every instance of the models to study.

    Of its manifest if it has one; else of the registry, of its folder, or of the cache of the hub.

    Raises:
        StudyError: Nothing tells the shape of a checkpoint.
    """
    registry = registered_shapes(CHECKPOINTS)
    return {name: _shape(name, instance, registry) for name, instance in instances.items()}


def registered_name(instance: Mapping[str, Any]) -> str:
    """What the registry calls the model of an instance."""
    if instance["source"] == "trained":
        return f"trained {instance['architecture']}"
    return f"{instance['hub_name']}@{instance['revision']}"


def _shape(name: str, instance: Mapping[str, Any], registry: Mapping[str, Shape]) -> Shape:
    manifest = Path(MANIFEST.format(model=name))
    if manifest.is_file():
        return shape_of_manifest(manifest)
    if instance["source"] == "folder":
        return shape_of_checkpoint(Path(instance["folder"]))
    called = registered_name(instance)
    return registry[called] if called in registry else _cached(name, instance)


def _cached(name: str, instance: Mapping[str, Any]) -> Shape:
    """Of a checkpoint that was fetched before."""
    from qloc.models.hub import cached_checkpoint  # noqa: PLC0415 (a library of its own)

    try:
        folder = cached_checkpoint(instance["hub_name"], instance["revision"])
    except StudyError as error:
        raise StudyError(
            f"The sizes of `{name}` ({instance['hub_name']} at {instance['revision']}) are not"
            f" known: it is neither in {CHECKPOINTS} nor in the hub's cache on this machine. Fetch"
            f" it first: `snakemake {MANIFEST.format(model=name)}`, or add its sizes to"
            f" {CHECKPOINTS}."
        ) from error
    return shape_of_checkpoint(folder)
