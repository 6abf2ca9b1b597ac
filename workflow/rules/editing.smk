"""
Knowledge modification: do edits of a query's neurons change the fact, and nothing else?

Reads   results/models/{model}/model.json, results/facts/{relation}.parquet,
        results/queries/{relation}.parquet, results/answers/{model}/{relation}.parquet,
        results/fact_scores/{model}/{relation}/{method}.parquet (and attributions),
        results/knowledge_neurons/{model}/{method}.parquet,
        results/consistency_classes/{model}/{method}.parquet (and consistency_scores)
Writes  results/edited_facts/{model}/{method}.parquet (with edited_queries and neuron_sets),
        results/edit_calibrations/{model}/{method}.parquet,
        results/edits/{model}/{method}/{operation}.parquet,
        results/edit_sequences/{model}/{method}/{operation}.parquet,
        results/continuations/{model}/{method}.parquet,
        results/edit_summaries/{model}.parquet (with edit_comparisons)
"""


wildcard_constraints:
    operation="erase|update",


rule choose_edits:
    """Choose the facts that are edited, and the neurons whose value vectors edits change."""
    input:
        model="results/models/{model}/model.json",
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        facts=expand("results/facts/{relation}.parquet", relation=settings["relations"]),
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        fact_scores=expand(
            "results/fact_scores/{{model}}/{relation}/{{method}}.parquet",
            relation=settings["relations"],
        ),
        attributions=expand(
            "results/attributions/{{model}}/{relation}/{{method}}.parquet",
            relation=settings["relations"],
        ),
        knowledge_neurons="results/knowledge_neurons/{model}/{method}.parquet",
        classes="results/consistency_classes/{model}/{method}.parquet",
    output:
        edited_facts="results/edited_facts/{model}/{method}.parquet",
        edited_queries="results/edited_queries/{model}/{method}.parquet",
        neuron_sets="results/neuron_sets/{model}/{method}.parquet",
    log:
        "logs/choose_edits/{model}/{method}.log",
    benchmark:
        "benchmarks/choose_edits/{model}/{method}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        criterion=lookup(dpath="editing/criterion", within=settings),
        facts_per_class=lookup(dpath="editing/facts_per_class", within=settings),
        calibration_share=lookup(dpath="editing/calibration/share", within=settings),
        sequence_facts=lookup(dpath="editing/sequence/facts", within=settings),
        sequence_runs=lookup(dpath="editing/sequence/runs", within=settings),
        beta=lookup(dpath="editing/beta", within=settings),
        spread=lookup(dpath="editing/spread", within=settings),
        cut=lookup(dpath="editing/cut", within=settings),
        scores=lookup(dpath="editing/scores", within=settings),
        normalise_queries=lookup(dpath="editing/normalise_queries", within=settings),
        inexact=lookup(dpath="editing/inexact", within=settings),
        keep=lookup(dpath="attribution/keep", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.choose_edits"),
    shell:
        "python -m qloc choose-edits"
        " --model {input.model:q}"
        ' --queries "{input.queries:q}"'
        ' --facts "{input.facts:q}"'
        ' --answers "{input.answers:q}"'
        ' --fact-scores "{input.fact_scores:q}"'
        ' --attributions "{input.attributions:q}"'
        " --knowledge-neurons {input.knowledge_neurons:q}"
        " --classes {input.classes:q}"
        " --criterion {params.criterion}"
        " --facts-per-class {params.facts_per_class}"
        " --calibration-share {params.calibration_share}"
        " --sequence-facts {params.sequence_facts}"
        " --sequence-runs {params.sequence_runs}"
        ' --beta "{params.beta}"'
        " --spread {params.spread}"
        " --cut {params.cut}"
        " --scores {params.scores}"
        " --normalise-queries {params.normalise_queries}"
        " --inexact {params.inexact}"
        " --keep {params.keep}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --edited-facts {output.edited_facts:q}"
        " --edited-queries {output.edited_queries:q}"
        " --neuron-sets {output.neuron_sets:q}"
        " &> {log:q}"


rule calibrate_edits:
    """Pick the strength of edits, on facts on which they are never evaluated."""
    input:
        model="results/models/{model}/model.json",
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        edited_facts="results/edited_facts/{model}/{method}.parquet",
        edited_queries="results/edited_queries/{model}/{method}.parquet",
        neuron_sets="results/neuron_sets/{model}/{method}.parquet",
    output:
        calibrations="results/edit_calibrations/{model}/{method}.parquet",
    log:
        "logs/calibrate_edits/{model}/{method}.log",
    benchmark:
        "benchmarks/calibrate_edits/{model}/{method}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        batch_size=64,
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        rules=lookup(dpath="editing/rules", within=settings),
        reliability=lookup(dpath="editing/calibration/reliability", within=settings),
        code=code_version("qloc.stages.calibrate_edits"),
    shell:
        "python -m qloc calibrate-edits"
        " --model {input.model:q}"
        ' --queries "{input.queries:q}"'
        " --edited-facts {input.edited_facts:q}"
        " --edited-queries {input.edited_queries:q}"
        " --neuron-sets {input.neuron_sets:q}"
        " --rules {params.rules:q}"
        " --reliability {params.reliability}"
        " --threads {threads}"
        " --batch-size {resources.batch_size}"
        " --edit-calibrations {output.calibrations:q}"
        " &> {log:q}"


rule edit_facts:
    """Edit facts, every set of neurons by itself, and see what each edit does."""
    input:
        model="results/models/{model}/model.json",
        facts=expand("results/facts/{relation}.parquet", relation=settings["relations"]),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        edited_facts="results/edited_facts/{model}/{method}.parquet",
        edited_queries="results/edited_queries/{model}/{method}.parquet",
        neuron_sets="results/neuron_sets/{model}/{method}.parquet",
        calibrations="results/edit_calibrations/{model}/{method}.parquet",
        held_out_text=study.texts["held_out"],
    output:
        edits="results/edits/{model}/{method}/{operation}.parquet",
    log:
        "logs/edit_facts/{model}/{method}/{operation}.log",
    benchmark:
        "benchmarks/edit_facts/{model}/{method}/{operation}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        batch_size=64,
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        rules=lookup(dpath="editing/rules", within=settings),
        n_unrelated=lookup(dpath="editing/unrelated_queries", within=settings),
        n_texts=lookup(dpath="editing/texts/number", within=settings),
        least_tokens=lookup(dpath="editing/texts/least_tokens", within=settings),
        most_tokens=lookup(dpath="editing/texts/most_tokens", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.edit_facts"),
    shell:
        "python -m qloc edit-facts"
        " --model {input.model:q}"
        ' --facts "{input.facts:q}"'
        ' --queries "{input.queries:q}"'
        ' --answers "{input.answers:q}"'
        " --edited-facts {input.edited_facts:q}"
        " --edited-queries {input.edited_queries:q}"
        " --neuron-sets {input.neuron_sets:q}"
        " --edit-calibrations {input.calibrations:q}"
        " --held-out-text {input.held_out_text:q}"
        " --operation {wildcards.operation}"
        " --rules {params.rules:q}"
        " --n-unrelated {params.n_unrelated}"
        " --n-texts {params.n_texts}"
        " --least-tokens {params.least_tokens}"
        " --most-tokens {params.most_tokens}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --batch-size {resources.batch_size}"
        " --edits {output.edits:q}"
        " &> {log:q}"


rule edit_in_sequence:
    """Edit many facts one after another, and look at what is left of all the edits."""
    input:
        model="results/models/{model}/model.json",
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        answers=expand(
            "results/answers/{{model}}/{relation}.parquet",
            relation=settings["relations"],
        ),
        edited_facts="results/edited_facts/{model}/{method}.parquet",
        edited_queries="results/edited_queries/{model}/{method}.parquet",
        neuron_sets="results/neuron_sets/{model}/{method}.parquet",
        calibrations="results/edit_calibrations/{model}/{method}.parquet",
        held_out_text=study.texts["held_out"],
    output:
        sequences="results/edit_sequences/{model}/{method}/{operation}.parquet",
    log:
        "logs/edit_in_sequence/{model}/{method}/{operation}.log",
    benchmark:
        "benchmarks/edit_in_sequence/{model}/{method}/{operation}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        rules=lookup(dpath="editing/rules", within=settings),
        n_facts=lookup(dpath="editing/sequence/facts", within=settings),
        n_runs=lookup(dpath="editing/sequence/runs", within=settings),
        steps=lookup(dpath="editing/sequence/steps", within=settings),
        n_unrelated=lookup(dpath="editing/unrelated_queries", within=settings),
        n_texts=lookup(dpath="editing/texts/number", within=settings),
        least_tokens=lookup(dpath="editing/texts/least_tokens", within=settings),
        most_tokens=lookup(dpath="editing/texts/most_tokens", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.edit_in_sequence"),
    shell:
        "python -m qloc edit-in-sequence"
        " --model {input.model:q}"
        ' --queries "{input.queries:q}"'
        ' --answers "{input.answers:q}"'
        " --edited-facts {input.edited_facts:q}"
        " --edited-queries {input.edited_queries:q}"
        " --neuron-sets {input.neuron_sets:q}"
        " --edit-calibrations {input.calibrations:q}"
        " --held-out-text {input.held_out_text:q}"
        " --operation {wildcards.operation}"
        " --rules {params.rules:q}"
        " --n-facts {params.n_facts}"
        " --n-runs {params.n_runs}"
        ' --steps "{params.steps}"'
        " --n-unrelated {params.n_unrelated}"
        " --n-texts {params.n_texts}"
        " --least-tokens {params.least_tokens}"
        " --most-tokens {params.most_tokens}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --edit-sequences {output.sequences:q}"
        " &> {log:q}"


rule continue_prompts:
    """Let a model go on with prompts of a fact of each class, before and after edits."""
    input:
        model="results/models/{model}/model.json",
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        edited_facts="results/edited_facts/{model}/{method}.parquet",
        edited_queries="results/edited_queries/{model}/{method}.parquet",
        neuron_sets="results/neuron_sets/{model}/{method}.parquet",
        calibrations="results/edit_calibrations/{model}/{method}.parquet",
    output:
        continuations="results/continuations/{model}/{method}.parquet",
    log:
        "logs/continue_prompts/{model}/{method}.log",
    benchmark:
        "benchmarks/continue_prompts/{model}/{method}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        rules=lookup(dpath="editing/rules", within=settings),
        n_tokens=lookup(dpath="editing/continuation_tokens", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.continue_prompts"),
    shell:
        "python -m qloc continue-prompts"
        " --model {input.model:q}"
        ' --queries "{input.queries:q}"'
        " --edited-facts {input.edited_facts:q}"
        " --edited-queries {input.edited_queries:q}"
        " --neuron-sets {input.neuron_sets:q}"
        " --edit-calibrations {input.calibrations:q}"
        " --rules {params.rules:q}"
        " --n-tokens {params.n_tokens}"
        " --seed {params.seed}"
        " --threads {threads}"
        " --continuations {output.continuations:q}"
        " &> {log:q}"


rule compare_edits:
    """Estimate how well edits of every neuron set do, by class of facts, and compare the sets."""
    input:
        edits=expand(
            "results/edits/{{model}}/{method}/{operation}.parquet",
            method=settings["editing"]["methods"],
            operation=["erase", "update"],
        ),
        scores=expand(
            "results/consistency_scores/{{model}}/{method}.parquet",
            method=settings["editing"]["methods"],
        ),
    output:
        summaries="results/edit_summaries/{model}.parquet",
        comparisons="results/edit_comparisons/{model}.parquet",
    log:
        "logs/compare_edits/{model}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        criterion=lookup(dpath="editing/criterion", within=settings),
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        bootstrap_draws=lookup(dpath="consistency/bootstrap_draws", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.compare_edits"),
    shell:
        "python -m qloc compare-edits"
        ' --edits "{input.edits:q}"'
        ' --scores "{input.scores:q}"'
        " --criterion {params.criterion}"
        " --static-threshold {params.static_threshold}"
        " --bootstrap-draws {params.bootstrap_draws}"
        " --seed {params.seed}"
        " --summaries {output.summaries:q}"
        " --comparisons {output.comparisons:q}"
        " &> {log:q}"
