"""
Facts and the queries that ask about them, from ParaRel's files or from rows of one's own.

Reads   the files of the dataset (`dataset.source`)
Writes  results/facts/{relation}.parquet, results/queries/{relation}.parquet, and what was
        dropped for which reason: results/filter_steps/{relation}.parquet
"""


rule download_relation:
    """Fetch one relation of ParaRel at the pinned revision and check it by SHA-256."""
    input:
        registry=shipped("resources/registry/pararel.txt"),
    output:
        facts="results/downloads/pararel/facts/{relation}.jsonl",
        patterns="results/downloads/pararel/patterns/{relation}.jsonl",
    log:
        "logs/download_relation/{relation}.log",
    localrule: True
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.download_relation"),
    shell:
        "python -m qloc download-relation"
        " --relation {wildcards.relation}"
        " --registry {input.registry:q}"
        " --facts {output.facts:q}"
        " --patterns {output.patterns:q}"
        " &> {log:q}"


rule download_text:
    """Fetch WikiText-2 at the pinned revision and check it by SHA-256."""
    input:
        registry=shipped("resources/registry/wikitext-2.txt"),
    output:
        training="results/downloads/wikitext-2/valid.txt",
        held_out="results/downloads/wikitext-2/test.txt",
    log:
        "logs/download_text.log",
    localrule: True
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.download_text"),
    shell:
        "python -m qloc download-text"
        " --registry {input.registry:q}"
        " --training {output.training:q}"
        " --held-out {output.held_out:q}"
        " &> {log:q}"


rule filter_facts:
    """Read one relation, drop what cannot be asked, and write its facts and queries."""
    input:
        source_files=lookup(dpath="{relation}", within=study.source_files),
    output:
        facts="results/facts/{relation}.parquet",
        queries="results/queries/{relation}.parquet",
        steps="results/filter_steps/{relation}.parquet",
    log:
        "logs/filter_facts/{relation}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        format=lookup(dpath="dataset/format", within=settings),
        patterns=lookup(dpath="dataset/patterns", within=settings),
        min_templates=lookup(dpath="dataset/min_templates", within=settings),
        exclude=lookup(dpath="dataset/exclude", within=settings),
        facts_per_relation=lookup(
            dpath="dataset/sample/facts_per_relation", within=settings
        ),
        seed=lookup(dpath="seed", within=settings),
        code=code_version("qloc.stages.filter_facts"),
    shell:
        "python -m qloc filter-facts"
        " --relation {wildcards.relation}"
        " --format {params.format}"
        ' --source-files "{input.source_files:q}"'
        " --patterns {params.patterns}"
        " --min-templates {params.min_templates}"
        ' --exclude "{params.exclude}"'
        " --facts-per-relation {params.facts_per_relation}"
        " --seed {params.seed}"
        " --facts {output.facts:q}"
        " --queries {output.queries:q}"
        " --steps {output.steps:q}"
        " &> {log:q}"
