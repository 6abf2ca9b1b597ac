"""Names as numbers: the place of each among those that are known."""

import numpy as np
import pandas as pd
from jaxtyping import Int, Shaped

from qloc.errors import StudyError


def numbers_of(
    names: pd.Series, known: Shaped[np.ndarray, " known"], problem: str
) -> Int[np.ndarray, " entry"]:
    """The number of each name among those known.

    Args:
        names: Any of those known, in any order, some of them often.
        known: Each once.
        problem: What is said of the first name that is not known, which stands for ``{}``.

    Raises:
        StudyError: A name is not known.
    """
    codes, distinct = pd.factorize(names)
    numbers = pd.Index(known).get_indexer(pd.Index(distinct).astype(object))
    if (numbers < 0).any():
        raise StudyError(
            f"{problem.format(distinct[numbers < 0][0])}: the files are of different runs. Give"
            " files of one run, or run `snakemake`."
        )
    return numbers[codes].astype(np.int64)
