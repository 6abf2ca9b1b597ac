"""
Knowledge-neuron attribution: which feed-forward neurons an answer comes from.

Reads   results/models/{model}/model.json, results/queries/{relation}.parquet,
        results/answers/{model}/{relation}.parquet
Writes  results/attributions/{model}/{relation}/{method}.parquet (with its checks and the exact
        scores per fact), results/knowledge_neurons/{model}/{method}.parquet,
        results/quadrature_comparisons/{model}.parquet
"""


rule attribute_neurons:
    """Score every feed-forward neuron on the studied queries of one relation."""
    input:
        model="results/models/{model}/model.json",
        queries="results/queries/{relation}.parquet",
        answers="results/answers/{model}/{relation}.parquet",
    output:
        attributions="results/attributions/{model}/{relation}/{method}.parquet",
        checks="results/attribution_checks/{model}/{relation}/{method}.parquet",
        fact_scores="results/fact_scores/{model}/{relation}/{method}.parquet",
    log:
        "logs/attribute_neurons/{model}/{relation}/{method}.log",
    benchmark:
        "benchmarks/attribute_neurons/{model}/{relation}/{method}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        batch_size=64,
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        quadrature=lookup(dpath="attribution/{method}/quadrature", within=settings),
        steps=lookup(dpath="attribution/{method}/steps", within=settings),
        tolerance=lookup(dpath="attribution/{method}/tolerance", within=settings),
        knobs=lookup(dpath="attribution/{method}/knobs", within=settings),
        answer_tokens=lookup(dpath="answers/tokens", within=settings),
        precision=lookup(dpath="attribution/precision", within=settings),
        keep=lookup(dpath="attribution/keep", within=settings),
        mean_floor=lookup(dpath="attribution/mean_floor", within=settings),
        code=code_version("qloc.stages.attribute_neurons"),
        method_code=lookup(dpath="{method}", within=method_code),
    shell:
        "python -m qloc attribute-neurons"
        " --model {input.model:q}"
        " --queries {input.queries:q}"
        " --answers {input.answers:q}"
        " --method {wildcards.method}"
        " --quadrature {params.quadrature}"
        " --steps {params.steps}"
        " --tolerance {params.tolerance}"
        " --knobs {params.knobs:q}"
        " --answer-tokens {params.answer_tokens}"
        " --precision {params.precision}"
        " --keep {params.keep}"
        " --mean-floor {params.mean_floor}"
        " --threads {threads}"
        " --batch-size {resources.batch_size}"
        " --attributions {output.attributions:q}"
        " --checks {output.checks:q}"
        " --fact-scores {output.fact_scores:q}"
        " &> {log:q}"


rule select_knowledge_neurons:
    """Select the neurons whose score exceeds the threshold's share of the query's best."""
    input:
        attributions=expand(
            "results/attributions/{{model}}/{relation}/{{method}}.parquet",
            relation=settings["relations"],
        ),
    output:
        knowledge_neurons="results/knowledge_neurons/{model}/{method}.parquet",
    log:
        "logs/select_knowledge_neurons/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        selection_threshold=lookup(
            dpath="knowledge_neurons/selection_threshold", within=settings
        ),
        code=code_version("qloc.stages.select_knowledge_neurons"),
    shell:
        "python -m qloc select-knowledge-neurons"
        ' --attributions "{input.attributions:q}"'
        " --selection-threshold {params.selection_threshold}"
        " --knowledge-neurons {output.knowledge_neurons:q}"
        " &> {log:q}"


rule compare_quadratures:
    """Compare quadratures on some studied queries of one model, by the neuron sets they give."""
    input:
        model="results/models/{model}/model.json",
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
    output:
        comparisons="results/quadrature_comparisons/{model}.parquet",
    log:
        "logs/compare_quadratures/{model}.log",
    benchmark:
        "benchmarks/compare_quadratures/{model}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        batch_size=64,
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        n_queries=lookup(dpath="attribution/comparison/queries", within=settings),
        quadrature=lookup(dpath="attribution/ig/quadrature", within=settings),
        steps=lookup(dpath="attribution/ig/steps", within=settings),
        tolerance=lookup(dpath="attribution/ig/tolerance", within=settings),
        answer_tokens=lookup(dpath="answers/tokens", within=settings),
        precision=lookup(dpath="attribution/precision", within=settings),
        selection_threshold=lookup(
            dpath="knowledge_neurons/selection_threshold", within=settings
        ),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.compare_quadratures"),
        method_code=code_version("qloc.models.methods.ig"),
    shell:
        "python -m qloc compare-quadratures"
        " --model {input.model:q}"
        ' --queries "{input.queries:q}"'
        ' --answers "{input.answers:q}"'
        " --n-queries {params.n_queries}"
        " --quadrature {params.quadrature}"
        " --steps {params.steps}"
        " --tolerance {params.tolerance}"
        " --answer-tokens {params.answer_tokens}"
        " --precision {params.precision}"
        " --selection-threshold {params.selection_threshold}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --batch-size {resources.batch_size}"
        " --comparisons {output.comparisons:q}"
        " &> {log:q}"
