"""`qloc show` on the small study: every table, where it came from, and the verdicts."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from tests.conftest import NAMES, contract

from qloc.cli import main
from qloc.comparison.runs import find_run, stored_of
from qloc.tables import Table

pytestmark = pytest.mark.study


def show(folder: Path, *options: str) -> str:
    result = CliRunner().invoke(main, ["show", *options, "--run", str(folder)])
    assert result.exit_code == 0, result.output
    return result.stdout


def n_rows(table: Table, folder: Path) -> int:
    return sum(
        stored_of(table, path).n_rows for path in find_run(folder).table(table.name).values()
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_shown_on_80_columns_as_made_by_the_code_of_today(
    name: str, finished: Path
) -> None:
    for rows in ("5", "1"):
        text = show(finished, name, "--rows", rows)
        assert max(map(len, text.splitlines())) <= 80
        assert not re.search(r"\bnan\b|\bNone\b", text)
        origin = text.partition("Where it came from")[2]
        assert re.search(r"\d files? by rule \w+, \d{4}-\d\d-\d\d", origin)
        assert ", as it is now" in origin
        assert "would make it again" not in origin
        assert str(finished) not in origin


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_printed_as_csv(name: str, finished: Path) -> None:
    header, *rows = csv.reader(io.StringIO(show(finished, name, "--csv")))
    table = contract(name)
    assert set(table.names) <= set(header)
    assert len(rows) == n_rows(table, finished)


def test_verdicts_are_those_of_the_report(finished: Path) -> None:
    rows = pd.read_csv(finished / "results/tables/claims.csv", dtype={"claim": "str"})
    wholes = rows[(rows["part"] == "whole") & rows["method"].isin(["ig", "all"])]
    words = wholes.set_index(["model", "claim"])["verdict"].str.replace("_", " ").to_dict()
    text, told, model = show(finished, "claims"), {}, ""
    for line in text.splitlines():
        if heading := re.match(r"The paper's claims on (\S+), by ig", line):
            model = heading[1]
        elif found := re.match(r" +(\d+b?)  [✓✗?–] (not \w+|\w+)", line):
            told[model, found[1]] = found[2]
    assert told == words
    lines = show(finished, "claims", "--brief").splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        f"11 claims on {name}" for name in sorted(set(rows["model"]))
    ]
