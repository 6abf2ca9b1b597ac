"""
Tables of interventions over all models: neuron sets, synapses, and what manipulating costs.

Reads   results/mapping_summaries/{model}.parquet, results/mapping_comparisons/...,
        results/synapse_summaries/..., results/synapse_comparisons/...,
        results/synapse_answers/{model}/{relation}.parquet, results/manipulation_costs/{model}.parquet
Writes  results/tables/{mapping,synapses,costs}.html and .csv
"""


rule tabulate_mapping:
    """Tabulate how far every neuron set moves the answer, and which moves it more."""
    input:
        summaries=expand(
            "results/mapping_summaries/{model}.parquet", model=study.instances
        ),
        comparisons=expand(
            "results/mapping_comparisons/{model}.parquet", model=study.instances
        ),
    output:
        csv=shown(
            "results/tables/mapping.csv",
            CHOICE,
            "neuron sets: effects and comparisons",
        ),
        page=shown(
            "results/tables/mapping.html",
            CHOICE,
            "neuron sets: effects and comparisons",
        ),
    log:
        "logs/tabulate_mapping.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_mapping"),
    shell:
        "python -m qloc tabulate-mapping"
        ' --summaries "{input.summaries:q}"'
        ' --comparisons "{input.comparisons:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule tabulate_synapses:
    """Tabulate what manipulated synapses move, and what controls leave of it."""
    input:
        summaries=expand(
            "results/synapse_summaries/{model}.parquet", model=study.instances
        ),
        comparisons=expand(
            "results/synapse_comparisons/{model}.parquet", model=study.instances
        ),
        answers=expand(
            "results/synapse_answers/{model}/{relation}.parquet",
            model=study.instances,
            relation=settings["relations"],
        ),
    output:
        csv=shown(
            "results/tables/synapses.csv", CHOICE, "synapses: effects and controls"
        ),
        page=shown(
            "results/tables/synapses.html", CHOICE, "synapses: effects and controls"
        ),
    log:
        "logs/tabulate_synapses.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_synapses"),
    shell:
        "python -m qloc tabulate-synapses"
        ' --summaries "{input.summaries:q}"'
        ' --comparisons "{input.comparisons:q}"'
        ' --answers "{input.answers:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule tabulate_costs:
    """Tabulate what manipulating synapses costs (Table 6)."""
    input:
        costs=expand(
            "results/manipulation_costs/{model}.parquet", model=study.instances
        ),
    output:
        csv=shown("results/tables/costs.csv", CHOICE, "Table 6: cost of manipulating"),
        page=shown("results/tables/costs.html", CHOICE, "Table 6: cost of manipulating"),
    log:
        "logs/tabulate_costs.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_costs"),
    shell:
        "python -m qloc tabulate-costs"
        ' --costs "{input.costs:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"
