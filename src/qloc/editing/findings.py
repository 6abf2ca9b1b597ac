"""What an edit did, for one prompt and for the weights."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What a model says to one prompt.

    Attributes:
        said: The most probable token, then the most probable behind it, for as many tokens as
            count of the longer of object and target.
        said_tokens: Their ids.
        said_probability: Of these tokens together.
        answer_probability: Of the object: its first token, or as `Editing.answer_tokens` says;
            None where its tokens do not follow those of the prompt.
        answer_rank: Of the object in the vocabulary, the worst of the counted tokens; 1 is best.
        target_probability: Of the target.
        target_rank: Of the target.
    """

    said: str
    said_tokens: tuple[int, ...]
    said_probability: float
    answer_probability: float | None
    answer_rank: int | None
    target_probability: float | None
    target_rank: int | None


@dataclass(frozen=True)
class PromptEffect:
    """What an edit did to one prompt.

    Attributes:
        prompt: As the model read it.
        role: ``edited``: the edit was made for it; ``neighbor``: it asks for the same fact;
            ``unrelated``: the edit should leave it alone.
        is_known: Whether the model answered it with the object before; None if unrelated.
        before: What the model said before.
        after: What it says edited.
        is_as_wanted: Whether the target is said, the object is not said any more, or an unrelated
            prompt is answered as before; None where that cannot be asked.
    """

    prompt: str
    role: str
    is_known: bool | None
    before: Reply
    after: Reply
    is_as_wanted: bool | None


@dataclass(frozen=True)
class TensorChange:
    """How much of one weight matrix was changed.

    Attributes:
        tensor: Its name in the checkpoint.
        n_edited: Neurons whose value vectors were changed.
        norm: Frobenius norm of the matrix before.
        change_norm: Of what was added.
    """

    tensor: str
    n_edited: int
    norm: float
    change_norm: float
