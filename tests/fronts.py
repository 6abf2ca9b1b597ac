"""Made-up front pages: a run whose record, settings and claims are known."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from tests import claims

from qloc.circumstances import PACKAGES, settings_records
from qloc.contracts.provenance import PROVENANCE
from qloc.contracts.stage_costs import STAGE_COSTS
from qloc.figures.front_page import front_page
from qloc.figures.run_words import Run, StudiedModel
from qloc.measures.claim_parts import Found
from qloc.tables import write_table

CONFIG = Path(__file__).parents[1] / "config.yaml"
SHIPPED: dict[str, Any] = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
ORGANISM = StudiedModel("tiny-gpt2", "an organism, trained in this run", True)
CHECKPOINT = StudiedModel("gpt2", "some/gpt2 at revision abc", False)
MACHINE = {
    "processor": "A Processor",
    "architecture": "x86_64",
    "cores": "2",
    "system": "Linux 6",
    "GPU": "none found",
}


def recorded(config: Mapping[str, Any] = SHIPPED) -> pd.DataFrame:
    """What a run with these settings records of itself."""
    versions = {"qloc": "0.1.0", "python": "3.11.7", **dict.fromkeys(PACKAGES, "1.2.3")}
    rows = [
        *settings_records(config, {}),
        *(("versions", name, version, "") for name, version in versions.items()),
        *(("machine", name, value, "") for name, value in MACHINE.items()),
    ]
    return pd.DataFrame(rows, columns=PROVENANCE.names)


def costs(seconds: float = 1500.0, memory: float = 830e6) -> pd.DataFrame:
    """What two stages of a model took: together, and the larger of them."""
    return pd.DataFrame(
        {
            "rule": ["answer_queries", "map_queries"],
            "method": "",
            "n_jobs": 1,
            "n_queries": 9,
            "known_share": 0.5,
            "operations": 1.0,
            "wall_seconds": [seconds / 3, seconds * 2 / 3],
            "cpu_seconds": seconds / 2,
            "operations_per_second": 1.0,
            "planned_memory": 1,
            "memory": [memory / 2, memory],
            "planned_output": 1,
            "output": 1,
        }
    )


def funnels(*models: str) -> pd.DataFrame:
    """What was read for these models and what was studied."""
    steps = pd.DataFrame(
        {
            "relation": ["P36", "all", "all"],
            "step": [0, 11, 0],
            "n_relations": [1, 2, 3],
            "n_facts": [9, 240, 267],
            "n_queries": [9, 1267, 1602],
        }
    )
    return pd.concat([steps.assign(model=model) for model in models], ignore_index=True)


def a_run(models: Sequence[StudiedModel] = (ORGANISM,), config: Mapping[str, Any] = SHIPPED) -> Run:
    """A run of these models with these settings."""
    return Run(
        models=models,
        funnels=funnels(*(model.name for model in models)),
        provenance=recorded(config),
        shipped=SHIPPED,
        costs=costs(),
    )


def front(
    models: Sequence[StudiedModel] = (ORGANISM,),
    claimed: Found | dict[str, Found] | None = None,
    methods: Sequence[str] = ("ig",),
    config: Mapping[str, Any] = SHIPPED,
) -> str:
    """A front page, with every claim supported unless `claimed` says otherwise."""
    names = [model.name for model in models]
    judged = claims.claims(claimed or claims.found(), names, methods)
    return front_page(judged, list(methods), a_run(models, config)).decode()


def written(folder: Path) -> dict[str, str]:
    """The options of the stage for what the page says of the run; the files are written."""
    write_table(PROVENANCE, recorded(), folder / "provenance.parquet")
    write_table(STAGE_COSTS, costs(), folder / STAGE_COSTS.path.format(model="tiny-gpt2"))
    return {
        "provenance": str(folder / "provenance.parquet"),
        "costs": str(folder / STAGE_COSTS.path.format(model="tiny-gpt2")),
        "shipped": str(CONFIG),
    }
