"""Types of the options that stages share."""

import json
import shlex
from pathlib import Path
from typing import Any

import click

INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, path_type=Path)


class PathList(click.ParamType):
    """Existing files, written as one text with blanks between them: `"a.parquet b.parquet"`.

    A path that holds a blank itself stands in quotes, as in a shell.
    """

    name = "paths"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[Path]:
        paths = [Path(part) for part in shlex.split(str(value))]
        for path in paths:
            if not path.is_file():
                self.fail(f"{path} does not exist.", param, ctx)
        return paths


class NumberList(click.ParamType):
    """Numbers, written as one text with blanks between them: `"0.1 0.2"`."""

    name = "numbers"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> list[float]:
        try:
            return [float(part) for part in str(value).split()]
        except ValueError:
            self.fail(f"{value!r} is not a list of numbers.", param, ctx)


class SettingsByName(click.ParamType):
    """Settings by name, written as a JSON object: `{"baseline": "one_token"}`."""

    name = "settings"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        try:
            found = json.loads(str(value))
        except json.JSONDecodeError as error:
            self.fail(f"{value!r} is not JSON: {error}.", param, ctx)
        if not isinstance(found, dict):
            self.fail(f"{value!r} is not a JSON object.", param, ctx)
        return found


class SampleSize(click.ParamType):
    """A number of facts, or `all`."""

    name = "sample size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        text = str(value)
        if text != "all" and not (text.isdecimal() and int(text) > 0):
            self.fail(f"{text!r} is neither `all` nor a whole number above 0.", param, ctx)
        return None if text == "all" else int(text)


PATHS = PathList()
NUMBERS = NumberList()
SETTINGS = SettingsByName()
SAMPLE_SIZE = SampleSize()
