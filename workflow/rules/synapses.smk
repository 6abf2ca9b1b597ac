"""
Knowledge synapses: does attention choose the neurons of an answer?

Reads   results/models/{model}/model.json, results/queries/{relation}.parquet,
        results/answers/{model}/{relation}.parquet, results/knowledge_neurons/{model}/{method}.parquet,
        results/consistency_scores/{model}/{method}.parquet
Writes  results/synapse_answers/{model}/{relation}.parquet (with synapse_effects, synapse_places and
        synapse_examples), results/synapse_summaries/{model}.parquet (with synapse_comparisons)
"""


rule manipulate_synapses:
    """Find and manipulate the knowledge synapses of one relation's queries, and read what moves."""
    input:
        model="results/models/{model}/model.json",
        queries="results/queries/{relation}.parquet",
        answers="results/answers/{model}/{relation}.parquet",
        knowledge_neurons=expand(
            "results/knowledge_neurons/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
    output:
        answers="results/synapse_answers/{model}/{relation}.parquet",
        effects="results/synapse_effects/{model}/{relation}.parquet",
        places="results/synapse_places/{model}/{relation}.parquet",
        examples="results/synapse_examples/{model}/{relation}.parquet",
    log:
        "logs/manipulate_synapses/{model}/{relation}.log",
    benchmark:
        "benchmarks/manipulate_synapses/{model}/{relation}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        batch_size=16,
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        rules=lookup(dpath="synapses/rules", within=settings),
        alpha=lookup(dpath="synapses/alpha", within=settings),
        value=lookup(dpath="synapses/value", within=settings),
        quadrature=lookup(dpath="attribution/ig/quadrature", within=settings),
        steps=lookup(dpath="attribution/ig/steps", within=settings),
        tolerance=lookup(dpath="attribution/ig/tolerance", within=settings),
        facts_per_relation=lookup(dpath="synapses/facts_per_relation", within=settings),
        answer_tokens=lookup(dpath="answers/tokens", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.manipulate_synapses"),
    shell:
        "python -m qloc manipulate-synapses"
        " --model {input.model:q}"
        " --queries {input.queries:q}"
        " --answers {input.answers:q}"
        ' --knowledge-neurons "{input.knowledge_neurons:q}"'
        " --rules {params.rules:q}"
        " --alpha {params.alpha}"
        " --value {params.value}"
        " --quadrature {params.quadrature}"
        " --steps {params.steps}"
        " --tolerance {params.tolerance}"
        " --facts-per-relation {params.facts_per_relation}"
        " --answer-tokens {params.answer_tokens}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --batch-size {resources.batch_size}"
        " --synapse-answers {output.answers:q}"
        " --synapse-effects {output.effects:q}"
        " --synapse-places {output.places:q}"
        " --synapse-examples {output.examples:q}"
        " &> {log:q}"


rule compare_synapses:
    """Estimate what manipulated synapses move, by class of facts, and compare with controls."""
    input:
        effects=expand(
            "results/synapse_effects/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        answers=expand(
            "results/synapse_answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        scores=expand(
            "results/consistency_scores/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
    output:
        summaries="results/synapse_summaries/{model}.parquet",
        comparisons="results/synapse_comparisons/{model}.parquet",
    log:
        "logs/compare_synapses/{model}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.compare_synapses"),
    shell:
        "python -m qloc compare-synapses"
        ' --effects "{input.effects:q}"'
        ' --answers "{input.answers:q}"'
        ' --scores "{input.scores:q}"'
        " --static-threshold {params.static_threshold}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --summaries {output.summaries:q}"
        " --comparisons {output.comparisons:q}"
        " &> {log:q}"
