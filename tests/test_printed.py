"""What cannot be is found on a page, and what can be is let pass."""

import pytest
from tests.printed import impossible


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>a mean of nan</p>", "a mean of nan"),
        ("<p>−inf to 3</p>", "−inf to 3"),
        ("<p>0.2, n = 0 facts</p>", "0.2, n = 0 facts"),
        ("<td>None</td>", "no word: None"),
        ("<tr><td> </td><td>1</td></tr>", "a cell without a word"),
        ("<p>A share of 0.90 [0.12, 0.85].</p>", "A share of 0.90 [0.12, 0.85]."),
        ("<p>−0.90 % [−0.50 %, 1,024.00 %]</p>", "−0.90 % [−0.50 %, 1,024.00 %]"),
        ('<svg aria-label="nan of 3"></svg>', "nan of 3"),
        ('<div class="system-message"></div>', "broken: system-message"),
    ],
)
def test_what_cannot_be_is_found(page: str, found: str) -> None:
    assert impossible(page) == [found]


@pytest.mark.parametrize(
    "page",
    [
        "<p>None of the facts, Nan in Thailand, n = 0.5, infinite, banana</p>",
        "<p>−0.10 [−0.31, 0.02], 1,024 [1,000, 1,100], 4.2 [least, most]</p>",
        "<tr><td>1</td><td><button>Show</button></td><td><svg></svg></td></tr>",
        "<style>.nan { top: 0 }</style><script>let a = [NaN, null]</script><br>",
    ],
)
def test_what_can_be_is_let_pass(page: str) -> None:
    assert impossible(page) == []
