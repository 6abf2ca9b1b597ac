"""
What the report's chapters are made of, and where the menu has them; the rule is in chapters.smk.

Reads   nothing
Writes  nothing
"""

from qloc.chapters.contents import CHAPTERS


def has(model: str) -> frozenset[str]:
    """What the study has of a model; a chapter shows what follows from it."""
    found = {
        "trained": study.instances_from("trained"),
        "several": compared,
        "synapses": manipulated,
        "edits": edited,
    }
    return frozenset(name for name, models in found.items() if model in models)


def figures_of_chapter(suffix: str):
    """The figures of a chapter, or with another suffix what is drawn in them."""

    def paths(wildcards) -> list[str]:
        figures = CHAPTERS[wildcards.chapter].figures(has(wildcards.model))
        return [
            figure.path(wildcards.model, settings["methods"][0], suffix)
            for figure in figures
        ]

    return paths


def captions_of_chapter(wildcards) -> list[str]:
    """The captions of a chapter's figures."""
    figures = CHAPTERS[wildcards.chapter].figures(has(wildcards.model))
    return [
        shipped(f"reports/captions/figures/{figure.name}.rst") for figure in figures
    ]


def tables_of_chapter(wildcards) -> list[str]:
    """The pages of tables that a chapter takes from."""
    return [
        page.path for page in CHAPTERS[wildcards.chapter].pages(has(wildcards.model))
    ]


def record_of_chapter(wildcards) -> list[str]:
    """What a chapter that tells whether all can be trusted knows of the run itself."""
    if wildcards.chapter != "trust":
        return []
    return [
        "results/provenance.parquet",
        f"results/stage_costs/{wildcards.model}.parquet",
    ]


def settings_of_chapter(wildcards) -> str:
    """The settings that a chapter tells; of models, those of its own."""
    told = {key: config[key] for key in CHAPTERS[wildcards.chapter].settings}
    if "model" in told:
        name = wildcards.model.partition("-seed")[0]
        told["model"] = {
            key: told["model"][key] for key in told["model"] if key == name
        }
    return json.dumps(told)


def menu_of_chapter(wildcards) -> str:
    """Where the report's menu has a chapter."""
    return chapter_menu[wildcards.chapter]


chapter_menu = {
    "know": KNOWLEDGE,
    "place": PLACE,
    "choice": CHOICE,
    "change": CHANGE,
    "trust": TRUST,
}
