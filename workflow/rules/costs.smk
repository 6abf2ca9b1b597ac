"""
Costs: what manipulating knowledge synapses takes in time and memory.

Measured, so that no two runs agree; a table for the reader is all that follows.

Reads   results/models/{model}/model.json, queries and answers of all relations
Writes  results/manipulation_costs/{model}.parquet
"""


rule measure_costs:
    """Measure what manipulating knowledge synapses costs, on some studied queries of one model."""
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
        costs="results/manipulation_costs/{model}.parquet",
    log:
        "logs/measure_costs/{model}.log",
    benchmark:
        "benchmarks/measure_costs/{model}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    params:
        n_queries=lookup(dpath="synapses/costs/queries", within=settings),
        repeats=lookup(dpath="synapses/costs/repeats", within=settings),
        synapse_rule=lookup(dpath="synapses/first/rule", within=settings),
        alpha=lookup(dpath="synapses/alpha", within=settings),
        quadrature=lookup(dpath="attribution/ig/quadrature", within=settings),
        steps=lookup(dpath="attribution/ig/steps", within=settings),
        tolerance=lookup(dpath="attribution/ig/tolerance", within=settings),
        answer_tokens=lookup(dpath="answers/tokens", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.measure_costs"),
    shell:
        "python -m qloc measure-costs"
        " --model {input.model:q}"
        ' --queries "{input.queries:q}"'
        ' --answers "{input.answers:q}"'
        " --n-queries {params.n_queries}"
        " --repeats {params.repeats}"
        " --synapse-rule {params.synapse_rule:q}"
        " --alpha {params.alpha}"
        " --quadrature {params.quadrature}"
        " --steps {params.steps}"
        " --tolerance {params.tolerance}"
        " --answer-tokens {params.answer_tokens}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --costs {output.costs:q}"
        " &> {log:q}"
