"""
Tables over all models and methods, the record of what made the run, and the front page.

Reads   the tables of all other rule files
Writes  results/tables/{table}.html and .csv, results/provenance.parquet, results/report/{findings,front_page}.html
"""

from qloc.provenance import stage_versions


rule tabulate_classes:
    """Tabulate shares and mean scores of both classes (Table 1)."""
    input:
        summaries=expand(
            "results/class_summaries/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        comparisons=expand(
            "results/class_comparisons/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        agreements=expand("results/class_agreements/{model}.parquet", model=compared),
    output:
        csv=shown(
            "results/tables/classes.csv",
            PLACE,
            "Table 1: consistent and inconsistent facts",
        ),
        page=shown(
            "results/tables/classes.html",
            PLACE,
            "Table 1: consistent and inconsistent facts",
        ),
    log:
        "logs/tabulate_classes.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_classes"),
    shell:
        "python -m qloc tabulate-classes"
        ' --summaries "{input.summaries:q}"'
        ' --comparisons "{input.comparisons:q}"'
        ' --agreements "{input.agreements:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule tabulate_thresholds:
    """Tabulate static and Otsu thresholds beside the paper's (Table 4)."""
    input:
        summaries=expand(
            "results/class_summaries/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
    output:
        csv=shown("results/tables/thresholds.csv", PLACE, "Table 4: thresholds"),
        page=shown("results/tables/thresholds.html", PLACE, "Table 4: thresholds"),
    log:
        "logs/tabulate_thresholds.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_thresholds"),
    shell:
        "python -m qloc tabulate-thresholds"
        ' --summaries "{input.summaries:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule tabulate_examples:
    """Tabulate the first pattern and the last fact of every relation (Table 5)."""
    input:
        facts=expand("results/facts/{relation}.parquet", relation=settings["relations"]),
        queries=expand(
            "results/queries/{relation}.parquet", relation=settings["relations"]
        ),
    output:
        csv=shown(
            "results/tables/examples.csv",
            KNOWLEDGE,
            "Table 5: one fact of every relation",
        ),
        page=shown(
            "results/tables/examples.html",
            KNOWLEDGE,
            "Table 5: one fact of every relation",
        ),
    log:
        "logs/tabulate_examples.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_examples"),
    shell:
        "python -m qloc tabulate-examples"
        ' --facts "{input.facts:q}"'
        ' --queries "{input.queries:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule record_provenance:
    """Record what made this run: versions, machine, hashes, settings."""
    input:
        models=expand("results/models/{model}/model.json", model=study.instances),
        checks=expand(
            "results/attribution_checks/{model}/{relation}/{method}.parquet",
            model=study.instances,
            relation=settings["relations"],
            method=settings["methods"],
        ),
        results=expand(
            "results/{table}/{model}/{method}.parquet",
            table=["consistency_scores", "class_summaries"],
            model=study.instances,
            method=settings["methods"],
        ),
        schema=shipped("workflow/schemas/config.schema.yaml"),
    output:
        provenance="results/provenance.parquet",
        page=shown(
            "results/tables/provenance.html", TRUST, "provenance: what made this run"
        ),
        csv=shown(
            "results/tables/provenance.csv", TRUST, "provenance: what made this run"
        ),
    log:
        "logs/record_provenance.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        settings=json.dumps(config, sort_keys=True),
        versions=json.dumps(stage_versions() | method_code, sort_keys=True),
        code=code_version("qloc.stages.record_provenance"),
    shell:
        "python -m qloc record-provenance"
        ' --models "{input.models:q}"'
        ' --checks "{input.checks:q}"'
        ' --results "{input.results:q}"'
        " --settings {params.settings:q}"
        " --versions {params.versions:q}"
        " --schema {input.schema:q}"
        " --provenance {output.provenance:q}"
        " --page {output.page:q}"
        " --csv {output.csv:q}"
        " &> {log:q}"


rule summarize_study:
    """Say on the report's front page which claims hold here, and what this run was."""
    input:
        models=expand("results/models/{model}/model.json", model=study.instances),
        funnels=expand(
            "results/funnels/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        summaries=expand(
            "results/class_summaries/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        diagnostics=expand(
            "results/class_diagnostics/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        overlaps=expand(
            "results/neuron_set_overlaps/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        answers=expand(
            "results/answers/{model}/{relation}.parquet",
            model=study.instances,
            relation=settings["relations"],
        ),
        associations=expand(
            "results/probability_associations/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),
        checks=expand(
            "results/attribution_checks/{model}/{relation}/{method}.parquet",
            model=study.instances,
            relation=settings["relations"],
            method=settings["methods"],
        ),
        mappings=expand(
            "results/mapping_comparisons/{model}.parquet", model=study.instances
        ),
        synapses=expand(
            "results/synapse_comparisons/{model}.parquet", model=manipulated
        ),
        qualities=expand("results/edit_summaries/{model}.parquet", model=edited),
        edits=expand("results/edit_comparisons/{model}.parquet", model=edited),
        neurons=expand("results/method_agreements/{model}.parquet", model=compared),
        classes=expand("results/class_agreements/{model}.parquet", model=compared),
        claims=expand("results/claims/{model}.parquet", model=study.instances),
        provenance="results/provenance.parquet",
        costs=expand("results/stage_costs/{model}.parquet", model=study.instances),
        shipped=shipped("config.yaml"),
    output:
        findings=shown(
            "results/report/findings.csv", TRUST, "what was found, in numbers"
        ),
        page=shown("results/report/findings.html", TRUST, "what was found, in numbers"),
        front="results/report/front_page.html",
    log:
        "logs/summarize_study.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        preset=lookup(dpath="synapses/first/preset", within=settings),
        edit_rules=lookup(dpath="editing/rules", within=settings),
        code=code_version("qloc.stages.summarize_study"),
    shell:
        "python -m qloc summarize-study"
        ' --models "{input.models:q}"'
        ' --funnels "{input.funnels:q}"'
        ' --summaries "{input.summaries:q}"'
        ' --diagnostics "{input.diagnostics:q}"'
        ' --overlaps "{input.overlaps:q}"'
        ' --answers "{input.answers:q}"'
        ' --associations "{input.associations:q}"'
        ' --checks "{input.checks:q}"'
        ' --mappings "{input.mappings:q}"'
        ' --synapses "{input.synapses:q}"'
        " --preset={params.preset:q}"
        ' --qualities "{input.qualities:q}"'
        ' --edits "{input.edits:q}"'
        " --edit-rules {params.edit_rules:q}"
        ' --neurons "{input.neurons:q}"'
        ' --classes "{input.classes:q}"'
        ' --claims "{input.claims:q}"'
        " --provenance {input.provenance:q}"
        ' --costs "{input.costs:q}"'
        " --shipped {input.shipped:q}"
        " --findings {output.findings:q}"
        " --page {output.page:q}"
        " --front {output.front:q}"
        " &> {log:q}"
