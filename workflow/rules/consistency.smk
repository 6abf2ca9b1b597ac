"""
Consistency: how much the knowledge neurons of a fact's queries agree.

Reads   results/knowledge_neurons/{model}/{method}.parquet, answers and queries
Writes  results/consistency_scores/{model}/{method}.parquet, results/neuron_set_overlaps/...,
        results/probability_associations/..., and the funnel that ends there: results/funnels/...;
        where several methods are studied: results/method_agreements/{model}.parquet
"""


rule score_consistency:
    """Score how much the knowledge neurons of each fact's queries agree."""
    input:
        knowledge_neurons="results/knowledge_neurons/{model}/{method}.parquet",
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
    output:
        scores="results/consistency_scores/{model}/{method}.parquet",
    log:
        "logs/score_consistency/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        fixed_k=lookup(dpath="consistency/fixed_k", within=settings),
        chance_draws=lookup(dpath="consistency/chance_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.score_consistency"),
    shell:
        "python -m qloc score-consistency"
        " --knowledge-neurons {input.knowledge_neurons:q}"
        ' --answers "{input.answers:q}"'
        ' --queries "{input.queries:q}"'
        " --fixed-k {params.fixed_k}"
        " --chance-draws {params.chance_draws}"
        " --seed {params.seed}"
        " --scores {output.scores:q}"
        " &> {log:q}"


rule compare_neuron_sets:
    """Compare the neuron sets of two queries by what the queries share."""
    input:
        knowledge_neurons="results/knowledge_neurons/{model}/{method}.parquet",
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
    output:
        overlaps="results/neuron_set_overlaps/{model}/{method}.parquet",
    log:
        "logs/compare_neuron_sets/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.compare_neuron_sets"),
    shell:
        "python -m qloc compare-neuron-sets"
        " --knowledge-neurons {input.knowledge_neurons:q}"
        ' --answers "{input.answers:q}"'
        ' --queries "{input.queries:q}"'
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --overlaps {output.overlaps:q}"
        " &> {log:q}"


rule compare_methods:
    """Compare the neuron sets that different methods give the same queries."""
    input:
        knowledge_neurons=expand(
            "results/knowledge_neurons/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
    output:
        agreements="results/method_agreements/{model}.parquet",
    log:
        "logs/compare_methods/{model}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        chance_draws=lookup(dpath="consistency/chance_draws", within=settings),
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.compare_methods"),
    shell:
        "python -m qloc compare-methods"
        ' --knowledge-neurons "{input.knowledge_neurons:q}"'
        ' --answers "{input.answers:q}"'
        ' --queries "{input.queries:q}"'
        " --chance-draws {params.chance_draws}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --agreements {output.agreements:q}"
        " &> {log:q}"


rule associate_probability:
    """Relate the adjusted score to answer probability within relation and k."""
    input:
        scores="results/consistency_scores/{model}/{method}.parquet",
    output:
        associations="results/probability_associations/{model}/{method}.parquet",
    log:
        "logs/associate_probability/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.associate_probability"),
    shell:
        "python -m qloc associate-probability"
        " --scores {input.scores:q}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --associations {output.associations:q}"
        " &> {log:q}"


rule count_funnel:
    """Count what is left after every step, and why the rest is not."""
    input:
        filter_steps=expand(
            "results/filter_steps/{relation}.parquet", relation=settings["relations"]
        ),
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        scores="results/consistency_scores/{model}/{method}.parquet",
    output:
        funnel="results/funnels/{model}/{method}.parquet",
    log:
        "logs/count_funnel/{model}/{method}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        known_only=lookup(dpath="answers/known_only", within=settings),
        code=code_version("qloc.stages.count_funnel"),
    shell:
        "python -m qloc count-funnel"
        ' --filter-steps "{input.filter_steps:q}"'
        ' --answers "{input.answers:q}"'
        " --scores {input.scores:q}"
        " --known-only {params.known_only}"
        " --funnel {output.funnel:q}"
        " &> {log:q}"
