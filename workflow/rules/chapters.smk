"""
The report's chapters, one page for each question and model.

Reads   figures, their numbers and captions, pages of tables, claims and funnels
Writes  results/chapters/{model}/{chapter}.html
"""


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
