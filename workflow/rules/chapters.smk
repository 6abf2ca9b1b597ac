"""
The report's chapters, one page for each question and model.

Reads   figures, their numbers and captions, pages of tables, claims and funnels
Writes  results/chapters/{model}/{chapter}.html
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


rule write_chapter:
    """Write a chapter of the report: one question, its verdicts, figures and limits."""
    input:
        claims="results/claims/{model}.parquet",
        funnel=f"results/funnels/{{model}}/{settings['methods'][0]}.parquet",
        figures=figures_of_chapter(".svg"),
        numbers=figures_of_chapter(".csv"),
        captions=captions_of_chapter,
        tables=tables_of_chapter,
        record=record_of_chapter,
    output:
        page=report(
            "results/chapters/{model}/{chapter}.html",
            caption=checkout / "reports/captions/chapters/chapter.rst",
            category=menu_of_chapter,
            subcategory="{model}",
            labels={"what": "the chapter", "form": "page"},
        ),
    log:
        "logs/write_chapter/{model}/{chapter}.log",
    wildcard_constraints:
        chapter=configuration.one_of(CHAPTERS),
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        models=" ".join(study.instances),
        settings=settings_of_chapter,
        code=code_version("qloc.stages.write_chapter"),
    shell:
        "python -m qloc write-chapter"
        " --chapter {wildcards.chapter}"
        " --model {wildcards.model:q}"
        " --models {params.models:q}"
        " --claims {input.claims:q}"
        " --funnel {input.funnel:q}"
        ' --figures "{input.figures:q}"'
        ' --numbers "{input.numbers:q}"'
        ' --captions "{input.captions:q}"'
        ' --tables "{input.tables:q}"'
        ' --record "{input.record:q}"'
        " --settings {params.settings:q}"
        " --page {output.page:q}"
        " &> {log:q}"
