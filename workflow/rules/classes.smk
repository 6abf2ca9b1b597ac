"""
Classes of facts: consistent or not under two criteria, and whether there are two kinds at all.

Reads   results/consistency_scores/{model}/{method}.parquet
Writes  results/consistency_classes/{model}/{method}.parquet, results/class_summaries/...,
        results/class_comparisons/..., results/class_diagnostics/..., results/threshold_sweeps/...;
        where several methods are studied: results/class_agreements/{model}.parquet
"""


rule classify_facts:
    """Call each fact consistent or inconsistent by the static and by Otsu's threshold."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
    output:
        classes="results/consistency_classes/{model}/{method}.parquet",
    log:
        "logs/classify_facts/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        code=code_version("qloc.stages.classify_facts"),
    shell:
        "python -m qloc classify-facts"
        " --scores {input.scores:q}"
        " --static-threshold {params.static_threshold}"
        " --classes {output.classes:q}"
        " &> {log:q}"


rule summarize_classes:
    """Estimate shares and mean scores of both classes, with intervals."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
    output:
        summaries="results/class_summaries/{model}/{method}.parquet",
    log:
        "logs/summarize_classes/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        adjusted_level=lookup(dpath="claims/adjusted_level", within=settings),
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.summarize_classes"),
    shell:
        "python -m qloc summarize-classes"
        " --scores {input.scores:q}"
        " --static-threshold {params.static_threshold}"
        " --adjusted-level {params.adjusted_level}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --summaries {output.summaries:q}"
        " &> {log:q}"


rule compare_classes:
    """Compare consistent with inconsistent facts, by relation and in all."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
        classes="results/consistency_classes/{model}/{method}.parquet",
    output:
        comparisons="results/class_comparisons/{model}/{method}.parquet",
    log:
        "logs/compare_classes/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.compare_classes"),
    shell:
        "python -m qloc compare-classes"
        " --scores {input.scores:q}"
        " --classes {input.classes:q}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --comparisons {output.comparisons:q}"
        " &> {log:q}"


rule intersect_classes:
    """Count the facts that all methods call inconsistent, against independent methods."""
    input:
        scores=expand(
            "results/consistency_scores/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
    output:
        agreements="results/class_agreements/{model}.parquet",
    log:
        "logs/intersect_classes/{model}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.intersect_classes"),
    shell:
        "python -m qloc intersect-classes"
        ' --scores "{input.scores:q}"'
        " --static-threshold {params.static_threshold}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --agreements {output.agreements:q}"
        " &> {log:q}"


rule diagnose_classes:
    """Ask whether the scores show two kinds of facts or one hump cut in two."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
    output:
        diagnostics="results/class_diagnostics/{model}/{method}.parquet",
    log:
        "logs/diagnose_classes/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        simulations=lookup(dpath="consistency/simulations", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.diagnose_classes"),
    shell:
        "python -m qloc diagnose-classes"
        " --scores {input.scores:q}"
        " --simulations {params.simulations}"
        " --seed {params.seed}"
        " --diagnostics {output.diagnostics:q}"
        " &> {log:q}"


rule sweep_thresholds:
    """Count inconsistent facts at every pair of thresholds."""
    input:
        attributions=expand(
            "results/attributions/{{model}}/{relation}/{{method}}.parquet",
            relation=settings["relations"],
        ),
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
    output:
        sweep="results/threshold_sweeps/{model}/{method}.parquet",
    log:
        "logs/sweep_thresholds/{model}/{method}.log",
    benchmark:
        "benchmarks/sweep_thresholds/{model}/{method}.tsv"
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        selection_thresholds=lookup(
            dpath="consistency/sweep/selection_thresholds", within=settings
        ),
        consistency_start=lookup(
            dpath="consistency/sweep/consistency_thresholds/start", within=settings
        ),
        consistency_stop=lookup(
            dpath="consistency/sweep/consistency_thresholds/stop", within=settings
        ),
        consistency_step=lookup(
            dpath="consistency/sweep/consistency_thresholds/step", within=settings
        ),
        chance_draws=lookup(dpath="consistency/chance_draws", within=settings),
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.sweep_thresholds"),
    shell:
        "python -m qloc sweep-thresholds"
        ' --attributions "{input.attributions:q}"'
        ' --answers "{input.answers:q}"'
        ' --queries "{input.queries:q}"'
        ' --selection-thresholds "{params.selection_thresholds}"'
        " --consistency-start {params.consistency_start}"
        " --consistency-stop {params.consistency_stop}"
        " --consistency-step {params.consistency_step}"
        " --chance-draws {params.chance_draws}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --sweep {output.sweep:q}"
        " &> {log:q}"
