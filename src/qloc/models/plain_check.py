"""Does a run of rows give what a plain run of the model gives? Asked of one query of every batch.

What is not manipulated must come out as the model itself would have it; a model that is built
otherwise than its architecture says is refused instead of studied wrongly.
"""

from qloc.models.answers import answer
from qloc.models.language_model import LanguageModel, unsupported
from qloc.models.prompting import AnswerTokens, EncodedQuery

# Far above rounding, far below the effect of attention that is misunderstood.
TOLERANCE = 1e-3


def check_unmodified(
    model: LanguageModel, query: EncodedQuery, probability: float, answer_tokens: AnswerTokens
) -> None:
    """Compare an unmodified row with a plain run.

    Args:
        model: Who answers.
        query: Asked in the row.
        probability: Of its answer there.
        answer_tokens: What counts of an answer.

    Raises:
        StudyError: They differ by more than rounding.
    """
    plain = float(answer(model, [query], None, 1, answer_tokens).probability[0])
    if abs(probability - plain) > TOLERANCE * plain:
        raise unsupported(
            model,
            f"the probability of an answer, nothing manipulated, is {probability:.3g} where a"
            f" plain run gives {plain:.3g}",
        )
