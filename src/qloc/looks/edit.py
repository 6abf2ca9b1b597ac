"""Edit one fact by hand: what the model says before and after."""

import logging
from collections.abc import Sequence
from pathlib import Path

import click

from qloc import inspection
from qloc.defaults import default
from qloc.editing import edit, find_fact, read_questions, settings_with
from qloc.editing.questions import Questions, encode_edited, read_target, with_unrelated
from qloc.editing.result import Editing
from qloc.editing.settings import NEURON_SETS, refuse_unused_strength
from qloc.measures.quadrature import QUADRATURES
from qloc.models.methods import METHODS
from qloc.models.opening import find_checkpoint
from qloc.models.prompting import ANSWER_TOKENS
from qloc.models.saving import refuse_used_folder

logger = logging.getLogger(__name__)

EXAMPLES = """\b
Examples:
  qloc edit results/models/tiny-gpt2-seed0 --fact France --to Rome
  qloc edit results/models/tiny-gpt2-seed0 --fact P36/00010/01 --erase --set query
  qloc edit openai-community/gpt2 --prompt "The capital of France is" \\
      --also "France is governed from" --answer Paris --to Rome \\
      --unrelated "The capital of Japan is" --save edited \\
      --revision 607a30d783dfa663caf39e06633721c8d4cfcd7e
"""


@click.command(epilog=EXAMPLES)
@click.argument("model")
@click.option("--fact", help="Of MODEL's study: its id or subject; or the id of a query.")
@click.option("--relation", help="Of the fact, where its subject has several.")
@click.option("--prompt", help="Of your own, in place of --fact: the text to edit for.")
@click.option("--also", multiple=True, metavar="PROMPT", help="That asks for the same fact.")
@click.option("--answer", help="What the model says to --prompt and --also.")
@click.option(
    "--unrelated",
    multiple=True,
    metavar="PROMPT",
    help="That the edit should leave alone; of a fact, those of the study if not given.",
)
@click.option("--to", metavar="OBJECT", help="Update: what is to be said instead.")
@click.option("--erase", is_flag=True, help="Erase: what is known is not to be said.")
@click.option(
    "--set",
    "neuron_set",
    type=click.Choice(NEURON_SETS),
    help=f"Which neurons are edited.  [default: {NEURON_SETS[-1]}]",
)
@click.option("--neurons", help="In place of --set: layer:neuron of each, as 3:17,2:5.")
@click.option(
    "--preset",
    type=click.Choice(sorted(default("editing/preset"))),
    default=default("editing/presets")[-1],
    show_default=True,
    help="Of config.yaml: how value vectors are changed.",
)
@click.option(
    "--strength",
    nargs=2,
    type=float,
    metavar="NUMBER NUMBER",
    help="lambda_1 and lambda_2; default: the preset's in turn until one works.",
)
@click.option("--save", type=click.Path(path_type=Path), help="New folder for the edited model.")
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
    help="What counts of an object of several tokens.",
)
@click.option(
    "--json", "is_json", is_flag=True, help="Print JSON; docs/how-to/edit.md has its keys."
)
@click.option("--threads", type=click.IntRange(min=1), help="Of the CPU; default: all cores.")
def command(
    model: str,
    fact: str | None,
    relation: str | None,
    prompt: str | None,
    also: tuple[str, ...],
    answer: str | None,
    unrelated: tuple[str, ...],
    to: str | None,
    erase: bool,
    neuron_set: str | None,
    neurons: str | None,
    preset: str,
    strength: tuple[float, float] | None,
    save: Path | None,
    revision: str | None,
    method: str,
    quadrature: str | None,
    steps: int | None,
    tolerance: float | None,
    selection_threshold: float,
    answer_tokens: str,
    is_json: bool,
    threads: int | None,
) -> None:
    """Edit one fact by hand: what the model says before and after.

    MODEL is a study's results/models/NAME, or, with prompts of your own, the folder of any
    checkpoint or a name on the Hugging Face hub with its --revision. Nothing but --save is written.
    What is not given is as in config.yaml.
    """
    _check_usage(fact, relation, prompt, also, answer, to, erase=erase)
    how = settings_with(
        neuron_set,
        neurons,
        preset,
        strength,
        inspection.settings_with(
            method, quadrature, steps, tolerance, answer_tokens, selection_threshold
        ),
    )
    refuse_unused_strength(how, "erase" if erase else "update")
    if save is not None:
        refuse_used_folder(save)
    questions = _questions(model, fact, relation, [prompt or "", *also], answer or "", unrelated)
    target = read_target(questions, to)
    checkpoint = find_checkpoint(model, revision)
    which = how.attribution.answer_tokens
    encode_edited(checkpoint.tokenizer, checkpoint.context_length, questions, target, which)
    logger.info("opening %s", checkpoint.folder)
    opened = checkpoint.open(threads)
    logger.info("editing; prompts: %d", len(questions.all_prompts))
    found = edit(opened, questions, target, how, save)
    click.echo(found.as_json() if is_json else str(found))
    click.echo(f"\n{_next(found, save)}", err=True)


def _check_usage(
    fact: str | None,
    relation: str | None,
    prompt: str | None,
    also: tuple[str, ...],
    answer: str | None,
    to: str | None,
    *,
    erase: bool,
) -> None:
    """Refuse options that do not go together."""
    if (fact is None) == (prompt is None):
        raise click.UsageError("Give either --fact, of a study, or --prompt with --answer.")
    if fact is not None and (also or answer is not None):
        raise click.UsageError("--also and --answer go with --prompt, not with --fact.")
    if prompt is not None and (relation is not None or answer is None):
        raise click.UsageError("--prompt needs --answer, and --relation goes with --fact.")
    if (to is None) != erase:
        raise click.UsageError("Give either --to OBJECT or --erase.")


def _questions(
    model: str,
    fact: str | None,
    relation: str | None,
    prompts: Sequence[str],
    answer: str,
    unrelated: Sequence[str],
) -> Questions:
    """What is asked: of a study's fact, or as given."""
    if fact is None:
        return read_questions(prompts, answer, unrelated)
    found = find_fact(model, fact, relation)
    return with_unrelated(found, unrelated) if unrelated else found


def _next(found: Editing, save: Path | None) -> str:
    if save is not None:
        return f"Next: qloc edit, qloc inspect and a study (source: folder) take {save} as a model."
    if found.generalization_seen is None:
        return (
            'Next: ask the same fact in other words, with --also "...", and see whether it holds.'
        )
    if found.neuron_set in ("union", "consistency_aware"):
        return (
            "Next: these neurons were chosen with the very prompts that are shown. A study holds"
            " half of them out: docs/tutorial.md."
        )
    return "Next: --set union and --set consistency_aware edit what several prompts share."
