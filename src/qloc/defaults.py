"""The settings of the default study, for who asks a model without one.

The package's `config.yaml` is a link to that of the study, so that every setting is written
once; a built package carries a copy of it.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qloc.errors import StudyError

# Whatever YAML holds.
Setting = Any

CONFIG = Path(__file__).with_name("config.yaml")


def default(path: str) -> Setting:
    """The setting at a path such as `attribution/ig/steps`.

    Raises:
        StudyError: The config file cannot be read or lacks the setting.
    """
    value = _settings()
    for key in path.split("/"):
        if not isinstance(value, dict) or key not in value:
            raise StudyError(
                f"{CONFIG.resolve()} has no setting `{path.replace('/', '.')}`. Put it back, or"
                " run `snakemake -n`: it names all that is wrong with the file."
            )
        value = value[key]
    return value


@cache
def _settings() -> Setting:
    try:
        return yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise StudyError(f"{CONFIG.resolve()} cannot be read: {error}. Restore it.") from error
