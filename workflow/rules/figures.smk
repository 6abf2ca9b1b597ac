"""
Figures, each with the numbers drawn in it.

Reads   the tables of all other rule files
Writes  results/figures/{model}/{method}/{figure}.svg and .csv; of all methods of a model
        results/figures/{model}/agreement.svg and .csv
"""


rule plot_training:
    """Draw how a tiny model learned."""
    input:
        training="results/models/{model}/training.parquet",
    output:
        figure="results/figures/{model}/training.svg",
        numbers=shown(
            "results/figures/{model}/training.csv", KNOWLEDGE, "how the model learned"
        ),
    log:
        "logs/plot_training/{model}.log",
    wildcard_constraints:
        model=configuration.one_of(study.instances_from("trained")),
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_training"),
    shell:
        "python -m qloc plot-training"
        " --training {input.training:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_funnel:
    """Draw how much each step left, and why it dropped the rest."""
    input:
        funnel="results/funnels/{model}/{method}.parquet",
    output:
        figure="results/figures/{model}/{method}/funnel.svg",
        numbers="results/figures/{model}/{method}/funnel.csv",
    log:
        "logs/plot_funnel/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_funnel"),
    shell:
        "python -m qloc plot-funnel"
        " --funnel {input.funnel:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_neurons:
    """Draw values and scores of two facts' queries, one consistent, one not (Fig. 1)."""
    input:
        attributions=expand(
            "results/attributions/{{model}}/{relation}/{{method}}.parquet",
            relation=settings["relations"],
        ),
        knowledge_neurons="results/knowledge_neurons/{model}/{method}.parquet",
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        scores="results/consistency_scores/{model}/{method}.parquet",
        classes="results/consistency_classes/{model}/{method}.parquet",
    output:
        figure="results/figures/{model}/{method}/neurons.svg",
        numbers="results/figures/{model}/{method}/neurons.csv",
    log:
        "logs/plot_neurons/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        keep=lookup(dpath="attribution/keep", within=settings),
        code=code_version("qloc.stages.plot_neurons"),
    shell:
        "python -m qloc plot-neurons"
        ' --attributions "{input.attributions:q}"'
        " --knowledge-neurons {input.knowledge_neurons:q}"
        ' --queries "{input.queries:q}"'
        " --scores {input.scores:q}"
        " --classes {input.classes:q}"
        " --keep {params.keep}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_layers:
    """Draw in which layers the knowledge neurons lie."""
    input:
        knowledge_neurons="results/knowledge_neurons/{model}/{method}.parquet",
        model="results/models/{model}/model.json",
    output:
        figure="results/figures/{model}/{method}/layers.svg",
        numbers="results/figures/{model}/{method}/layers.csv",
    log:
        "logs/plot_layers/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_layers"),
    shell:
        "python -m qloc plot-layers"
        " --knowledge-neurons {input.knowledge_neurons:q}"
        " --model {input.model:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_schematic:
    """Draw what the study asks, on two facts of this very run (Fig. 2)."""
    input:
        knowledge_neurons="results/knowledge_neurons/{model}/{method}.parquet",
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        scores="results/consistency_scores/{model}/{method}.parquet",
        classes="results/consistency_classes/{model}/{method}.parquet",
        model="results/models/{model}/model.json",
    output:
        figure="results/figures/{model}/{method}/schematic.svg",
        numbers="results/figures/{model}/{method}/schematic.csv",
    log:
        "logs/plot_schematic/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_schematic"),
    shell:
        "python -m qloc plot-schematic"
        " --knowledge-neurons {input.knowledge_neurons:q}"
        ' --queries "{input.queries:q}"'
        " --scores {input.scores:q}"
        " --classes {input.classes:q}"
        " --model {input.model:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_consistency:
    """Draw the consistency scores of every relation beside chance and thresholds (Fig. 3)."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
        classes="results/consistency_classes/{model}/{method}.parquet",
        summaries="results/class_summaries/{model}/{method}.parquet",
    output:
        figure="results/figures/{model}/{method}/consistency.svg",
        numbers="results/figures/{model}/{method}/consistency.csv",
    log:
        "logs/plot_consistency/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_consistency"),
    shell:
        "python -m qloc plot-consistency"
        " --scores {input.scores:q}"
        " --classes {input.classes:q}"
        " --summaries {input.summaries:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_sweep:
    """Draw the share of inconsistent facts at every threshold (Fig. 9)."""
    input:
        sweep="results/threshold_sweeps/{model}/{method}.parquet",
        classes="results/consistency_classes/{model}/{method}.parquet",
    output:
        figure="results/figures/{model}/{method}/sweep.svg",
        numbers="results/figures/{model}/{method}/sweep.csv",
    log:
        "logs/plot_sweep/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        selection_threshold=lookup(
            dpath="knowledge_neurons/selection_threshold", within=settings
        ),
        code=code_version("qloc.stages.plot_sweep"),
    shell:
        "python -m qloc plot-sweep"
        " --sweep {input.sweep:q}"
        " --classes {input.classes:q}"
        " --selection-threshold {params.selection_threshold}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_overlaps:
    """Draw how much neuron sets overlap, by what their queries share."""
    input:
        overlaps="results/neuron_set_overlaps/{model}/{method}.parquet",
        scores="results/consistency_scores/{model}/{method}.parquet",
    output:
        figure="results/figures/{model}/{method}/overlaps.svg",
        numbers="results/figures/{model}/{method}/overlaps.csv",
    log:
        "logs/plot_overlaps/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_overlaps"),
    shell:
        "python -m qloc plot-overlaps"
        " --overlaps {input.overlaps:q}"
        " --scores {input.scores:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_agreement:
    """Draw whether the methods agree on neurons and on inconsistent facts."""
    input:
        neurons="results/method_agreements/{model}.parquet",
        classes="results/class_agreements/{model}.parquet",
    output:
        figure="results/figures/{model}/agreement.svg",
        numbers=shown(
            "results/figures/{model}/agreement.csv",
            PLACE,
            "do the methods agree?",
        ),
    log:
        "logs/plot_agreement/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_agreement"),
    shell:
        "python -m qloc plot-agreement"
        " --neurons {input.neurons:q}"
        " --classes {input.classes:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_diagnostics:
    """Draw whether the scores look like two kinds of facts."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
        classes="results/consistency_classes/{model}/{method}.parquet",
        diagnostics="results/class_diagnostics/{model}/{method}.parquet",
    output:
        figure="results/figures/{model}/{method}/diagnostics.svg",
        numbers="results/figures/{model}/{method}/diagnostics.csv",
    log:
        "logs/plot_diagnostics/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_diagnostics"),
    shell:
        "python -m qloc plot-diagnostics"
        " --scores {input.scores:q}"
        " --classes {input.classes:q}"
        " --diagnostics {input.diagnostics:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_probability:
    """Draw consistency against answer probability."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
        associations="results/probability_associations/{model}/{method}.parquet",
    output:
        figure="results/figures/{model}/{method}/probability.svg",
        numbers="results/figures/{model}/{method}/probability.csv",
    log:
        "logs/plot_probability/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.plot_probability"),
    shell:
        "python -m qloc plot-probability"
        " --scores {input.scores:q}"
        " --associations {input.associations:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_checks:
    """Draw the error bars of the attributions."""
    input:
        checks=expand(
            "results/attribution_checks/{{model}}/{relation}/{{method}}.parquet",
            relation=settings["relations"],
        ),
    output:
        figure="results/figures/{model}/{method}/checks.svg",
        numbers="results/figures/{model}/{method}/checks.csv",
    log:
        "logs/plot_checks/{model}/{method}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        tolerance=lookup(dpath="attribution/{method}/tolerance", within=settings),
        code=code_version("qloc.stages.plot_checks"),
    shell:
        "python -m qloc plot-checks"
        ' --checks "{input.checks:q}"'
        " --tolerance {params.tolerance}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"


rule plot_quadratures:
    """Draw which quadratures give which neuron sets, and what they cost."""
    input:
        comparisons="results/quadrature_comparisons/{model}.parquet",
    output:
        figure="results/figures/{model}/quadratures.svg",
        numbers=shown(
            "results/figures/{model}/quadratures.csv",
            TRUST,
            "does the quadrature matter?",
        ),
    log:
        "logs/plot_quadratures/{model}.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        quadrature=lookup(dpath="attribution/ig/quadrature", within=settings),
        steps=lookup(dpath="attribution/ig/steps", within=settings),
        tolerance=lookup(dpath="attribution/ig/tolerance", within=settings),
        code=code_version("qloc.stages.plot_quadratures"),
    shell:
        "python -m qloc plot-quadratures"
        " --comparisons {input.comparisons:q}"
        " --quadrature {params.quadrature}"
        " --steps {params.steps}"
        " --tolerance {params.tolerance}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"
