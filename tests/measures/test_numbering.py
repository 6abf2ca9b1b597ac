"""Names as numbers, by hand."""

import numpy as np
import pandas as pd
import pytest

from qloc.errors import StudyError
from qloc.measures.numbering import numbers_of

KNOWN = np.array(["b", "a", "c"], dtype=object)


@pytest.mark.parametrize("dtype", [object, "category"])
def test_every_name_has_its_place_among_those_known(dtype):
    names = pd.Series(["c", "b", "c", "a"], dtype=dtype)
    assert numbers_of(names, KNOWN, "").tolist() == [2, 0, 2, 1]
    assert numbers_of(names[:0], KNOWN, "").tolist() == []


def test_the_first_unknown_name_is_told():
    with pytest.raises(StudyError, match=r"No room for x: the files are of different runs"):
        numbers_of(pd.Series(["a", "x", "y"]), KNOWN, "No room for {}")
