"""
A model, trained here or found elsewhere, and which queries it answers.

Reads   results/queries/{relation}.parquet, the general text, a checkpoint
Writes  results/models/{model}/model.json (the manifest; what follows sees nothing else),
        results/answers/{model}/{relation}.parquet
"""


rule train_tiny_model:
    """Train a tiny model on the study's own facts; it stands in for a checkpoint."""
    input:
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        training_text=study.texts["training"],
        held_out_text=study.texts["held_out"],
    output:
        manifest="results/models/{model}/model.json",
        weights="results/models/{model}/model.safetensors",
        configuration="results/models/{model}/config.json",
        tokenizer="results/models/{model}/tokenizer.json",
        tokenizer_configuration="results/models/{model}/tokenizer_config.json",
        trained_queries="results/models/{model}/trained_queries.parquet",
        training="results/models/{model}/training.parquet",
    log:
        "logs/train_tiny_model/{model}.log",
    benchmark:
        "benchmarks/train_tiny_model/{model}.tsv"
    wildcard_constraints:
        model=configuration.one_of(study.instances_from("trained")),
    conda:
        "../../envs/model.yaml"
    threads: 1
    params:
        architecture=lookup(dpath="{model}/architecture", within=study.instances),
        seed=lookup(dpath="{model}/seed", within=study.instances),
        passes=lookup(dpath="{model}/passes", within=study.instances),
        learning_rate=lookup(dpath="{model}/learning_rate", within=study.instances),
        embedding_scale=lookup(dpath="{model}/embedding_scale", within=study.instances),
        layer_learning_rate=lookup(
            dpath="{model}/layer_learning_rate", within=study.instances
        ),
        code=code_version("qloc.stages.train_tiny_model"),
    shell:
        "python -m qloc train-tiny-model"
        " --name {wildcards.model}"
        " --architecture {params.architecture}"
        " --seed {params.seed}"
        " --passes {params.passes}"
        " --learning-rate {params.learning_rate}"
        " --embedding-scale {params.embedding_scale}"
        " --layer-learning-rate {params.layer_learning_rate}"
        ' --queries "{input.queries:q}"'
        " --training-text {input.training_text:q}"
        " --held-out-text {input.held_out_text:q}"
        " --threads {threads}"
        " --manifest {output.manifest:q}"
        " --weights {output.weights:q}"
        " --configuration {output.configuration:q}"
        " --tokenizer {output.tokenizer:q}"
        " --tokenizer-configuration {output.tokenizer_configuration:q}"
        " --trained-queries {output.trained_queries:q}"
        " --training {output.training:q}"
        " &> {log:q}"


rule describe_checkpoint:
    """Describe a checkpoint by its manifest; one of the hub is fetched first."""
    input:
        files=lookup(dpath="{model}/files", within=study.instances),
    output:
        manifest="results/models/{model}/model.json",
    log:
        "logs/describe_checkpoint/{model}.log",
    benchmark:
        "benchmarks/describe_checkpoint/{model}.tsv"
    wildcard_constraints:
        model=configuration.one_of(study.instances_from("hub", "folder")),
    localrule: True
    conda:
        "../../envs/model.yaml"
    threads: 1
    params:
        source=lookup(dpath="{model}/source", within=study.instances),
        folder=lookup(dpath="{model}/folder", within=study.instances),
        hub_name=lookup(dpath="{model}/hub_name", within=study.instances),
        revision=lookup(dpath="{model}/revision", within=study.instances),
        code=code_version("qloc.stages.describe_checkpoint"),
    shell:
        "python -m qloc describe-checkpoint"
        " --name {wildcards.model}"
        " --source {params.source}"
        " --folder={params.folder:q}"
        " --hub-name={params.hub_name:q}"
        " --revision={params.revision:q}"
        " --manifest {output.manifest:q}"
        " &> {log:q}"


rule answer_queries:
    """Find how probable the model finds each answer, and which queries it knows."""
    input:
        model="results/models/{model}/model.json",
        queries="results/queries/{relation}.parquet",
    output:
        answers="results/answers/{model}/{relation}.parquet",
    log:
        "logs/answer_queries/{model}/{relation}.log",
    benchmark:
        "benchmarks/answer_queries/{model}/{relation}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        batch_size=64,
        mem_mb=model_memory,
        runtime=model_minutes,
    params:
        candidates=lookup(dpath="answers/candidates", within=settings),
        answer_tokens=lookup(dpath="answers/tokens", within=settings),
        known_only=lookup(dpath="answers/known_only", within=settings),
        min_queries=lookup(dpath="answers/min_queries", within=settings),
        code=code_version("qloc.stages.answer_queries"),
    shell:
        "python -m qloc answer-queries"
        " --model {input.model:q}"
        " --queries {input.queries:q}"
        " --candidates {params.candidates}"
        " --answer-tokens {params.answer_tokens}"
        " --known-only {params.known_only}"
        " --min-queries {params.min_queries}"
        " --threads {threads}"
        " --batch-size {resources.batch_size}"
        " --answers {output.answers:q}"
        " &> {log:q}"
