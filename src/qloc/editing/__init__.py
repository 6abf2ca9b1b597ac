"""One edit by hand: what a model says before and after, for prompts of a study or of one's own.

    model = open_checkpoint("results/models/tiny-gpt2-seed0")
    france = find_fact("results/models/tiny-gpt2-seed0", "France")
    print(edit(model, france, to="Rome"))

`qloc edit` prints the same. Neurons are chosen and value vectors changed by the functions of the
study, with the settings of config.yaml where none are given. In the end the model is what it was,
bit for bit.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from qloc import __version__
from qloc.editing.asking import Asking, compared
from qloc.editing.changes import Change, edit_request, first_that_works
from qloc.editing.findings import PromptEffect, Reply
from qloc.editing.neurons import chosen_by
from qloc.editing.questions import Questions, encode_edited, read_questions, read_target
from qloc.editing.result import Editing
from qloc.editing.settings import EditSettings, refuse_unused_strength, settings_with
from qloc.editing.studies import find_fact
from qloc.errors import StudyError
from qloc.models.edits import Operation
from qloc.models.language_model import LanguageModel
from qloc.models.opening import open_checkpoint
from qloc.models.saving import refuse_used_folder, save_checkpoint, source_sha256
from qloc.models.weights import edited_weights
from qloc.terminal import quoted

__all__ = ["edit", "find_fact", "open_checkpoint", "read_questions", "settings_with"]

# Beside a saved checkpoint: what was changed.
RECORD = "edit.json"


def edit(
    model: LanguageModel,
    questions: Questions,
    to: str | None,
    settings: EditSettings | None = None,
    save: Path | None = None,
) -> Editing:
    """Edit one fact, ask the model before and after, and take the edit back.

    Args:
        model: From `open_checkpoint`.
        questions: From `find_fact` or `read_questions`.
        to: The object to write; None erases the fact.
        settings: From `settings_with`; those of config.yaml if left out.
        save: New or empty folder for the edited checkpoint.

    Raises:
        StudyError: A prompt cannot be asked; the model does not know the fact, or it has the
            object already; a neuron that is given does not exist; something is in the folder.
    """
    how = settings or settings_with()
    target = read_target(questions, to)
    operation: Operation = "erase" if target is None else "update"
    refuse_unused_strength(how, operation)
    if save is not None:
        refuse_used_folder(save)
    which = how.attribution.answer_tokens
    encoded = encode_edited(model.tokenizer, model.context_length, questions, target, which)
    n_said = max(len(query.counted_tokens(which)) for query in encoded)
    asking = Asking(model, questions.answer, target, which, n_said)
    before = asking.replies(questions.all_prompts)
    is_known = _is_known(questions, before)
    known = [
        model.encoded(prompt, questions.answer)
        for prompt, is_it in zip(questions.prompts, is_known, strict=True)
        if is_it
    ]
    tokens = () if target is None else encoded[1].answer_tokens
    request = edit_request(model, known, tokens, how)
    change = first_that_works(asking, questions.prompts[0], request, operation, how.rule)
    with edited_weights(model) as weights:
        weights.apply(change.edit)
        after = asking.replies(questions.all_prompts)
        effects = compared(asking, questions, is_known, before, after)
        found = _editing(asking, questions.fact_id, how, change, effects)
        if save is not None:
            found = _saved(model, found, save)
    return found


def _is_known(questions: Questions, before: Sequence[Reply]) -> list[bool]:
    """Which prompts of the fact the model knows, by what it says or by what a study says.

    Raises:
        StudyError: Not the one that is edited.
    """
    replies = before[: len(questions.prompts)]
    is_known = [questions.fact_id is not None or reply.answer_rank == 1 for reply in replies]
    if not is_known[0]:
        reply = before[0]
        raise StudyError(
            f'The model does not answer "{questions.prompts[0]}" with "{questions.answer}": it'
            f" says {quoted(reply.said)}, and the answer has rank {reply.answer_rank:,}. Only what"
            " is known can be edited."
        )
    return is_known


def _editing(
    asking: Asking,
    fact_id: str | None,
    how: EditSettings,
    change: Change,
    effects: Sequence[PromptEffect],
) -> Editing:
    model, request = asking.model, change.request
    rule = asdict(how.rule)
    del rule["strengths"]
    edited, *others = [effect for effect in effects if effect.is_known]
    unrelated = [effect for effect in effects if effect.role == "unrelated"]
    return Editing(
        qloc_version=__version__,
        checkpoint=str(model.module.name_or_path),
        weights_sha256=None,
        architecture=model.module.config.get_text_config().model_type,
        n_layers=model.n_layers,
        n_neurons=model.n_neurons,
        fact_id=fact_id,
        operation="erase" if asking.target is None else "update",
        answer=asking.answer,
        target=asking.target,
        answer_tokens=asking.which,
        object_token_ids=request.original_tokens,
        target_token_ids=request.target_tokens,
        neuron_set=how.neuron_set,
        chosen_by=chosen_by(how),
        neurons=tuple(zip(request.layers.tolist(), request.neurons.tolist(), strict=True)),
        neurons_by_layer=tuple(np.bincount(request.layers, minlength=model.n_layers).tolist()),
        preset=how.preset,
        rule=rule,
        lambda_1=change.lambda_1,
        lambda_2=change.lambda_2,
        n_tried=change.n_tried,
        tensors=change.tensors,
        prompts=tuple(effects),
        reliability=float(edited.is_as_wanted is True),
        generalization_seen=_share(others),
        locality=_share(unrelated),
    )


def _share(effects: Sequence[PromptEffect]) -> float | None:
    """Share of prompts with the effect that is wanted, of those where that can be told."""
    told = [effect.is_as_wanted for effect in effects if effect.is_as_wanted is not None]
    return sum(told) / len(told) if told else None


def _saved(model: LanguageModel, found: Editing, folder: Path) -> Editing:
    """What was found, with the source of the checkpoint that was written."""
    if not found.neurons:
        raise StudyError(
            f"The set {found.neuron_set} is empty: nothing is edited, so nothing is saved. Take"
            " another set."
        )
    found = replace(found, weights_sha256=source_sha256(model))
    save_checkpoint(model, folder, {RECORD: f"{found.as_json(indent=2)}\n"})
    return found
