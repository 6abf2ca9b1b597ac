"""
Tables of edits over all models: how well they do, one by one and one after another, and in words.

Reads   results/edit_summaries/{model}.parquet, results/edit_comparisons/...,
        results/edit_sequences/{model}/{method}/{operation}.parquet,
        results/continuations/{model}/{method}.parquet
Writes  results/tables/{edits,sequences,continuations}.html and .csv
"""


rule tabulate_edits:
    """Tabulate how well edits of every neuron set do, and which does better (Tables 2 and 3)."""
    input:
        summaries=expand("results/edit_summaries/{model}.parquet", model=edited),
        comparisons=expand("results/edit_comparisons/{model}.parquet", model=edited),
    output:
        csv=shown("results/tables/edits.csv", CHANGE, "Tables 2, 3: quality of edits"),
        page=shown("results/tables/edits.html", CHANGE, "Tables 2, 3: quality of edits"),
    log:
        "logs/tabulate_edits.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_edits"),
    shell:
        "python -m qloc tabulate-edits"
        ' --summaries "{input.summaries:q}"'
        ' --comparisons "{input.comparisons:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule tabulate_sequences:
    """Tabulate what is left of edits of many facts, made one after another (Table 7)."""
    input:
        sequences=expand(
            "results/edit_sequences/{model}/{method}/{operation}.parquet",
            model=edited,
            method=settings["editing"]["methods"],
            operation=["erase", "update"],
        ),
    output:
        csv=shown("results/tables/sequences.csv", CHANGE, "Table 7: edits in sequence"),
        page=shown(
            "results/tables/sequences.html", CHANGE, "Table 7: edits in sequence"
        ),
    log:
        "logs/tabulate_sequences.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_sequences"),
    shell:
        "python -m qloc tabulate-sequences"
        ' --sequences "{input.sequences:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule tabulate_continuations:
    """Tabulate what a model says of its own accord before and after edits (Table 8)."""
    input:
        continuations=expand(
            "results/continuations/{model}/{method}.parquet",
            model=edited,
            method=settings["editing"]["methods"],
        ),
    output:
        csv=shown("results/tables/continuations.csv", CHANGE, "Table 8: texts"),
        page=shown("results/tables/continuations.html", CHANGE, "Table 8: texts"),
    log:
        "logs/tabulate_continuations.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_continuations"),
    shell:
        "python -m qloc tabulate-continuations"
        ' --continuations "{input.continuations:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"
