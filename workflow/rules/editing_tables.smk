"""
Tables of edits over all models: how well they do, one by one.

Reads   results/edit_summaries/{model}.parquet, results/edit_comparisons/...
Writes  results/tables/edits.html and .csv
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
