"""
Query-KN mapping: whose neurons move an answer, the query's own or those of its fact?

Reads   results/models/{model}/model.json, results/queries/{relation}.parquet,
        results/answers/{model}/{relation}.parquet, results/knowledge_neurons/{model}/{method}.parquet,
        results/consistency_scores/{model}/{method}.parquet
Writes  results/query_mappings/{model}/{relation}.parquet, results/mapping_summaries/{model}.parquet,
        results/mapping_comparisons/{model}.parquet
"""


rule map_queries:
    """Suppress and enhance the neuron sets of every query of one relation, and read its answer."""
    input:
        model="results/models/{model}/model.json",
        queries="results/queries/{relation}.parquet",
        answers="results/answers/{model}/{relation}.parquet",
        knowledge_neurons=expand(
            "results/knowledge_neurons/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
    output:
        mappings="results/query_mappings/{model}/{relation}.parquet",
    log:
        "logs/map_queries/{model}/{relation}.log",
    benchmark:
        "benchmarks/map_queries/{model}/{relation}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        batch_size=32,
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        draws=lookup(dpath="mapping/draws", within=settings),
        answer_tokens=lookup(dpath="answers/tokens", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.map_queries"),
    shell:
        "python -m qloc map-queries"
        " --model {input.model:q}"
        " --queries {input.queries:q}"
        " --answers {input.answers:q}"
        ' --knowledge-neurons "{input.knowledge_neurons:q}"'
        " --draws {params.draws}"
        " --answer-tokens {params.answer_tokens}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --batch-size {resources.batch_size}"
        " --mappings {output.mappings:q}"
        " &> {log:q}"


rule compare_mappings:
    """Estimate how far every neuron set moves the answer, by class of facts, and compare the sets."""
    input:
        mappings=expand(
            "results/query_mappings/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        scores=expand(
            "results/consistency_scores/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
    output:
        summaries="results/mapping_summaries/{model}.parquet",
        comparisons="results/mapping_comparisons/{model}.parquet",
    log:
        "logs/compare_mappings/{model}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.compare_mappings"),
    shell:
        "python -m qloc compare-mappings"
        ' --mappings "{input.mappings:q}"'
        ' --scores "{input.scores:q}"'
        " --static-threshold {params.static_threshold}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --summaries {output.summaries:q}"
        " --comparisons {output.comparisons:q}"
        " &> {log:q}"
