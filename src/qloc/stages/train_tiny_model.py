"""Train a tiny model on the study's own facts; it stands in for a checkpoint."""

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
import pandas as pd

from qloc.contracts.queries import QUERIES
from qloc.contracts.trained_queries import TRAINED_QUERIES
from qloc.contracts.training import TRAINING
from qloc.datasets.texts import read_paragraphs
from qloc.models.description import describe
from qloc.models.language_model import prepare_libraries
from qloc.models.manifest import manifest_text
from qloc.models.saving import save_parts
from qloc.models.tiny import TINY_ARCHITECTURES, TinyModel, new_tiny_model
from qloc.models.tiny_lessons import Sentence, prepare, trained_queries
from qloc.models.tiny_tokenizer import train_tokenizer
from qloc.models.tiny_training import Measurement, Recipe, train
from qloc.options import INPUT, OUTPUT, PATHS
from qloc.outputs import outputs, written_to
from qloc.randomness import derived_seed, generator
from qloc.tables import checked_rows, read_tables, write_draft

logger = logging.getLogger(__name__)

# Of a saved checkpoint, in the order of the options; what else is saved has no use here.
FILES = ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json")
POSITIVE = click.FloatRange(min=0, min_open=True)


@click.command()
@click.option("--name", required=True, help="What the study calls the model.")
@click.option("--architecture", required=True, type=click.Choice(sorted(TINY_ARCHITECTURES)))
@click.option("--seed", required=True, type=int, help="Of weights, orders and places of text.")
@click.option("--passes", required=True, type=POSITIVE, help="Over the training sentences.")
@click.option("--learning-rate", required=True, type=POSITIVE, help="Highest, when warm.")
@click.option("--embedding-scale", required=True, type=POSITIVE, help="Times the usual 0.02.")
@click.option("--layer-learning-rate", required=True, type=POSITIVE, help="To the layer above.")
@click.option("--queries", required=True, type=PATHS, help="Of all relations.")
@click.option("--training-text", required=True, type=INPUT)
@click.option("--held-out-text", required=True, type=INPUT)
@click.option("--threads", required=True, type=int, help="Another number, other weights.")
@click.option("--manifest", required=True, type=OUTPUT)
@click.option("--weights", required=True, type=OUTPUT)
@click.option("--configuration", required=True, type=OUTPUT)
@click.option("--tokenizer", required=True, type=OUTPUT)
@click.option("--tokenizer-configuration", required=True, type=OUTPUT)
@click.option("--trained-queries", "trained", required=True, type=OUTPUT)
@click.option("--training", required=True, type=OUTPUT)
def command(
    name: str,
    architecture: str,
    seed: int,
    passes: float,
    learning_rate: float,
    embedding_scale: float,
    layer_learning_rate: float,
    queries: Sequence[Path],
    training_text: Path,
    held_out_text: Path,
    threads: int,
    manifest: Path,
    weights: Path,
    configuration: Path,
    tokenizer: Path,
    tokenizer_configuration: Path,
    trained: Path,
    training: Path,
) -> None:
    """Train a tiny model on the study's own facts; it stands in for a checkpoint."""
    rows = read_tables(QUERIES, queries).sort_values("query_id")
    sentences = [Sentence(*row) for row in rows[list(Sentence.__annotations__)].to_numpy()]
    text, reading = read_paragraphs(training_text), read_paragraphs(held_out_text)
    prepare_libraries(threads)
    was_trained = trained_queries(sentences)
    vocabulary = train_tokenizer(
        [sentence.prompt for sentence in sentences],
        sorted({sentence.answer for sentence in sentences}),
        text,
        TINY_ARCHITECTURES[architecture].opens_with_end,
    )
    lessons = prepare(vocabulary, sentences, was_trained, text, reading)
    module = new_tiny_model(
        architecture, len(vocabulary), embedding_scale, derived_seed(seed, "tiny_weights")
    )
    recipe = Recipe(passes, learning_rate, layer_learning_rate)
    draws = generator(seed, "tiny_training")
    measurements = train(module, vocabulary, architecture, lessons, recipe, draws)
    _write(
        name,
        (module, vocabulary),
        (was_trained, measurements),
        (weights, configuration, tokenizer, tokenizer_configuration, trained, training, manifest),
    )
    logger.info("%s trained on %d sentences", name, len(lessons.sentences))


def _write(
    name: str,
    model: TinyModel,
    tables: tuple[dict[str, bool], list[Measurement]],
    paths: tuple[Path, ...],
) -> None:
    """Write the checkpoint with its manifest, trained queries and training: all or nothing."""
    was_trained = pd.DataFrame(list(tables[0].items()), columns=["query_id", "was_trained"])
    measured = pd.DataFrame([asdict(row) for row in tables[1]])
    with tempfile.TemporaryDirectory() as folder, outputs(*paths) as drafts:
        with written_to(folder):
            save_parts(*model, folder)
        described = describe(Path(folder), name, "trained", ".", trained_queries=paths[-3].name)
        for file, draft in zip(FILES, drafts, strict=False):
            draft.write_bytes(Path(folder, file).read_bytes())
        drafts[-1].write_text(manifest_text(described), encoding="utf-8")
        write_draft(checked_rows(TRAINED_QUERIES, was_trained), drafts[-3])
        write_draft(checked_rows(TRAINING, measured), drafts[-2])
