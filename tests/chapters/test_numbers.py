"""Numbers behind figures, and tables of other pages."""

import pandas as pd

from qloc.chapters.numbers import MOST_ROWS, read_numbers, tables_of
from qloc.figures.pages import PageTable, page


def test_the_first_rows_stand_and_the_rest_is_counted(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("a,b\n" + "1,\n" * (MOST_ROWS + 2), encoding="utf-8")
    found = read_numbers(path)
    assert found.columns == ["a", "b"]
    assert found.rows == [["1", "–"]] * MOST_ROWS
    assert found.n_rows == MOST_ROWS + 2


def test_tables_about_something_else_are_left_out():
    cells = pd.DataFrame({"what": ["x"], "n": ["<b>"]})
    captions = ["one-seed0, IG", "one-seed0, SIG", "two-seed0, IG", "all models: sizes"]
    text = page("t", "l", [PageTable(caption, cells) for caption in captions], []).decode()
    found = tables_of(text, {"two-seed0", "SIG", "AMIG"})
    assert len(found) == 2
    assert "<caption>one-seed0, IG</caption>" in found[0]
    assert "<caption>all models: sizes</caption>" in found[1]
    assert all(table.count("<table>") == table.count("</div>") == 1 for table in found)
    assert "&lt;b&gt;" in found[0]
