"""
Figures of manipulated neurons and attention, each with the numbers drawn in it.

Reads   the tables of mapping.smk and synapses.smk
Writes  results/figures/{model}/{figure}.svg and .csv
"""


rule plot_mapping:
    """Draw how far every neuron set moves the answer (Fig. 4)."""
    input:
        summaries="results/mapping_summaries/{model}.parquet",
    output:
        figure="results/figures/{model}/mapping.svg",
        numbers=shown(
            "results/figures/{model}/mapping.csv",
            CHOICE,
            "Fig. 4: whose neurons move the answer",
        ),
    log:
        "logs/plot_mapping/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_mapping"),
    shell:
        "python -m qloc plot-mapping"
        " --summaries {input.summaries:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_synapse_examples:
    """Draw two facts' neurons with and without their synapses (Figs. 5 and 10)."""
    input:
        examples=expand(
            "results/synapse_examples/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        scores=expand(
            "results/consistency_scores/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
        classes=expand(
            "results/consistency_classes/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
    output:
        figure="results/figures/{model}/synapse_examples.svg",
        numbers="results/figures/{model}/synapse_examples.csv",
    log:
        "logs/plot_synapse_examples/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_synapse_examples"),
    shell:
        "python -m qloc plot-synapse-examples"
        ' --examples "{input.examples:q}"'
        ' --queries "{input.queries:q}"'
        ' --scores "{input.scores:q}"'
        ' --classes "{input.classes:q}"'
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_synapses:
    """Draw how far manipulated synapses move neurons and the answer (Fig. 6)."""
    input:
        summaries="results/synapse_summaries/{model}.parquet",
    output:
        figure="results/figures/{model}/synapses.svg",
        numbers=shown(
            "results/figures/{model}/synapses.csv",
            CHOICE,
            "Fig. 6: what synapses move, beside controls",
        ),
    log:
        "logs/plot_synapses/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_synapses"),
    shell:
        "python -m qloc plot-synapses"
        " --summaries {input.summaries:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_synapse_distributions:
    """Draw how far manipulated synapses move every fact's neurons and answer (Fig. 11)."""
    input:
        effects=expand(
            "results/synapse_effects/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        answers=expand(
            "results/synapse_answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        classes=expand(
            "results/consistency_classes/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
    output:
        figure="results/figures/{model}/synapse_distributions.svg",
        numbers=shown(
            "results/figures/{model}/synapse_distributions.csv",
            CHOICE,
            "Fig. 11: what synapses move, fact by fact",
        ),
    log:
        "logs/plot_synapse_distributions/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_synapse_distributions"),
    shell:
        "python -m qloc plot-synapse-distributions"
        ' --effects "{input.effects:q}"'
        ' --answers "{input.answers:q}"'
        ' --classes "{input.classes:q}"'
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_synapse_places:
    """Draw in which layers and heads synapses lie, and how many in the first column."""
    input:
        places=expand(
            "results/synapse_places/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
    output:
        figure="results/figures/{model}/synapse_places.svg",
        numbers=shown(
            "results/figures/{model}/synapse_places.csv", CHOICE, "where synapses lie"
        ),
    log:
        "logs/plot_synapse_places/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_synapse_places"),
    shell:
        "python -m qloc plot-synapse-places"
        ' --places "{input.places:q}"'
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"
