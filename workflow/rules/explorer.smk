"""
The explorer: facts, their queries and neurons, under thresholds that the reader moves.

Reads   results/facts/..., queries, answers, attributions, consistency_scores and _classes of all
        models, relations and methods
Writes  results/explorer.html, and what the tables say of its facts: results/explorer.csv
"""


rule build_explorer:
    """Build the page that shows which neurons answer which query of a fact."""
    input:
        models=expand("results/models/{model}/model.json", model=study.instances),
        facts=expand("results/facts/{relation}.parquet", relation=settings["relations"]),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
        answers=expand(
            "results/answers/{model}/{relation}.parquet",
            model=study.instances,
            relation=settings["relations"],
        ),
        attributions=expand(
            "results/attributions/{model}/{relation}/{method}.parquet",
            model=study.instances,
            relation=settings["relations"],
            method=settings["methods"],
        ),
        scores=expand(
            "results/consistency_scores/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        classes=expand(
            "results/consistency_classes/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
    output:
        page=shown("results/explorer.html", EXPLORE, "facts, queries and neurons"),
        numbers=shown("results/explorer.csv", EXPLORE, "facts, queries and neurons"),
    log:
        "logs/build_explorer.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        keep=lookup(dpath="attribution/keep", within=settings),
        selection_threshold=lookup(
            dpath="knowledge_neurons/selection_threshold", within=settings
        ),
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.build_explorer"),
    shell:
        "python -m qloc build-explorer"
        ' --models "{input.models:q}"'
        ' --facts "{input.facts:q}"'
        ' --queries "{input.queries:q}"'
        ' --answers "{input.answers:q}"'
        ' --attributions "{input.attributions:q}"'
        ' --scores "{input.scores:q}"'
        ' --classes "{input.classes:q}"'
        " --keep {params.keep}"
        " --selection-threshold {params.selection_threshold}"
        " --static-threshold {params.static_threshold}"
        " --seed {params.seed}"
        " --page {output.page:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"
