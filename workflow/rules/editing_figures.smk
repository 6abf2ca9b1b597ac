"""
Figures of edits, each with the numbers drawn in it.

Reads   the tables of editing.smk
Writes  results/figures/{model}/{figure}.svg and .csv
"""


rule plot_tradeoff:
    """Draw what edits gain against what they cost, for all neuron sets and strengths."""
    input:
        summaries="results/edit_summaries/{model}.parquet",
    output:
        figure="results/figures/{model}/tradeoff.svg",
        numbers=shown(
            "results/figures/{model}/tradeoff.csv",
            CHANGE,
            "Tables 2, 3 as a figure: what edits gain and cost",
        ),
    log:
        "logs/plot_tradeoff/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        rules=lookup(dpath="editing/rules", within=settings),
        code=code_version("qloc.stages.plot_tradeoff"),
    shell:
        "python -m qloc plot-tradeoff"
        " --summaries {input.summaries:q}"
        " --rules {params.rules:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_sequences:
    """Draw what is left of edits while fact after fact is edited (Table 7)."""
    input:
        sequences=expand(
            "results/edit_sequences/{{model}}/{method}/{operation}.parquet",
            method=settings["editing"]["methods"],
            operation=["erase", "update"],
        ),
    output:
        figure="results/figures/{model}/sequences.svg",
        numbers=shown(
            "results/figures/{model}/sequences.csv",
            CHANGE,
            "Table 7 as a figure: edits one after another",
        ),
    log:
        "logs/plot_sequences/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        rules=lookup(dpath="editing/rules", within=settings),
        code=code_version("qloc.stages.plot_sequences"),
    shell:
        "python -m qloc plot-sequences"
        ' --sequences "{input.sequences:q}"'
        " --rules {params.rules:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"
