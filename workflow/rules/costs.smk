"""
Costs: what manipulating knowledge synapses takes, and what the run took by stage.

Measured, so that no two runs agree; tables for the reader are all that follows.

Reads   results/models/{model}/model.json, queries and answers of all relations,
        benchmarks and tables of all jobs that open a model
Writes  results/manipulation_costs/{model}.parquet, results/stage_costs/{model}.parquet,
        results/tables/stage_costs.html and .csv
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
    resources:
        mem_mb=model_memory,
        runtime=model_minutes,
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


rule summarize_stage_costs:
    """Set what the stages of one model took beside what they were planned to take."""
    input:
        model="results/models/{model}/model.json",
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        benchmarks=lookup(dpath="{model}/benchmarks", within=study.measured),
        tables=lookup(dpath="{model}/tables", within=study.measured),
    output:
        costs="results/stage_costs/{model}.parquet",
    log:
        "logs/summarize_stage_costs/{model}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        settings=lookup(dpath="{model}/settings", within=study.measured),
        code=code_version("qloc.stages.summarize_stage_costs"),
    shell:
        "python -m qloc summarize-stage-costs"
        " --model {input.model:q}"
        ' --answers "{input.answers:q}"'
        ' --benchmarks "{input.benchmarks:q}"'
        ' --tables "{input.tables:q}"'
        " --settings {params.settings:q}"
        " --costs {output.costs:q}"
        " &> {log:q}"


rule tabulate_stage_costs:
    """Tabulate what the stages took, of all models, beside what was planned."""
    input:
        costs=expand("results/stage_costs/{model}.parquet", model=study.instances),
    output:
        csv=shown("results/tables/stage_costs.csv", TRUST, "what it cost, by stage"),
        page=shown("results/tables/stage_costs.html", TRUST, "what it cost, by stage"),
    log:
        "logs/tabulate_stage_costs.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_stage_costs"),
    shell:
        "python -m qloc tabulate-stage-costs"
        ' --costs "{input.costs:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"
