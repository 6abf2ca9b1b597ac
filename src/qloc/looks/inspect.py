"""Show which neurons an answer comes from, for prompts of your own."""

import logging

import click

from qloc.defaults import default
from qloc.inspection import inspect, settings_with
from qloc.inspection.prompts import encode_prompts, read_prompts
from qloc.inspection.settings import TOP
from qloc.measures.quadrature import QUADRATURES
from qloc.models.methods import METHODS
from qloc.models.opening import find_checkpoint
from qloc.models.prompting import ANSWER_TOKENS

logger = logging.getLogger(__name__)

EXAMPLES = """\b
Examples:
  qloc inspect results/models/tiny-gpt2-seed0 "The capital of France is" \\
      --answer Paris --also "France is governed from"
  qloc inspect openai-community/gpt2 "The capital of France is" --answer Paris \\
      --revision 607a30d783dfa663caf39e06633721c8d4cfcd7e --json > paris.json
"""


@click.command(epilog=EXAMPLES)
@click.argument("model")
@click.argument("prompt")
@click.option("--answer", required=True, help="What should follow the prompt.")
@click.option("--also", multiple=True, metavar="PROMPT", help="Compare with another prompt.")
@click.option("--revision", help="For a name on the hub: its commit, 40 hexadecimal digits.")
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default=default("methods")[0],
    show_default=True,
    help="Of attribution.",
)
@click.option("--quadrature", type=click.Choice(QUADRATURES), help="Of the path integrals.")
@click.option("--steps", type=click.IntRange(min=2), help="Of all quadratures but adaptive.")
@click.option("--tolerance", type=click.FloatRange(min=0, min_open=True), help="Of adaptive.")
@click.option(
    "--selection-threshold",
    type=click.FloatRange(min=0, max=1, max_open=True),
    default=default("knowledge_neurons/selection_threshold"),
    show_default=True,
    help="Share of a prompt's best score that a knowledge neuron exceeds.",
)
@click.option(
    "--answer-tokens",
    type=click.Choice(ANSWER_TOKENS),
    default=default("answers/tokens"),
    show_default=True,
    help="What counts of an answer of several tokens.",
)
@click.option(
    "--top", type=click.IntRange(min=1), default=TOP, show_default=True, help="Neurons to list."
)
@click.option(
    "--json", "is_json", is_flag=True, help="Print JSON; docs/how-to/inspect.md has its keys."
)
@click.option("--threads", type=click.IntRange(min=1), help="Of the CPU; default: all cores.")
def command(
    model: str,
    prompt: str,
    answer: str,
    also: tuple[str, ...],
    revision: str | None,
    method: str,
    quadrature: str | None,
    steps: int | None,
    tolerance: float | None,
    selection_threshold: float,
    answer_tokens: str,
    top: int,
    is_json: bool,
    threads: int | None,
) -> None:
    """Show which neurons an answer comes from, for prompts of your own.

    MODEL is the folder of a checkpoint, a study's results/models/NAME, or a name on the Hugging
    Face hub with its --revision. PROMPT is a text that the answer continues. What is not given
    is as in config.yaml.
    """
    settings = settings_with(
        method, quadrature, steps, tolerance, answer_tokens, selection_threshold, top
    )
    texts, expected = read_prompts([prompt, *also], answer)
    checkpoint = find_checkpoint(model, revision)
    encode_prompts(checkpoint.tokenizer, checkpoint.context_length, texts, expected)
    logger.info("opening %s", checkpoint.folder)
    opened = checkpoint.open(threads)
    logger.info("attributing; prompts: %d", len(texts))
    found = inspect(opened, texts, expected, settings)
    click.echo(found.as_json() if is_json else str(found))
    click.echo(f"\n{_next(found.overlaps != ())}", err=True)


def _next(is_compared: bool) -> str:
    if is_compared:
        return (
            "Next: chance alone makes some neurons agree. A study compares your prompts with it,"
            " fact by fact: docs/tutorial.md."
        )
    return 'Next: ask the same fact in other words, with --also "...", and see what stays.'
