"""
The paper's claims, each judged by a rule that was fixed before looking (`claims` in the settings).

Reads   the summaries and comparisons of all stages
Writes  results/claims/{model}.parquet; of all models results/figures/claims.svg and .csv,
        results/tables/claims.html and .csv
"""


rule judge_claims:
    """Judge the paper's claims on one model: estimate, interval, region, verdict."""
    input:
        summaries=expand(
            "results/class_summaries/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
        diagnostics=expand(
            "results/class_diagnostics/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
        sweeps=expand(
            "results/threshold_sweeps/{{model}}/{method}.parquet",
            method=settings["methods"],
        ),
        agreements=["results/class_agreements/{model}.parquet"] if compared else [],
        mappings="results/mapping_comparisons/{model}.parquet",
        synapses=["results/synapse_comparisons/{model}.parquet"] if manipulated else [],
        effects=["results/synapse_summaries/{model}.parquet"] if manipulated else [],
        edits=["results/edit_summaries/{model}.parquet"] if edited else [],
        edit_comparisons=["results/edit_comparisons/{model}.parquet"] if edited else [],
    output:
        claims="results/claims/{model}.parquet",
    log:
        "logs/judge_claims/{model}.log",
    conda:
        "../../envs/statistics.yaml"
    threads: 1
    params:
        preset=lookup(dpath="synapses/first/preset", within=settings),
        edit_rules=lookup(dpath="editing/rules", within=settings),
        widespread=lookup(dpath="claims/widespread", within=settings),
        evidence=lookup(dpath="claims/evidence", within=settings),
        every_threshold=lookup(dpath="claims/every_threshold", within=settings),
        margin=lookup(dpath="claims/margin", within=settings),
        min_facts=lookup(dpath="claims/min_facts", within=settings),
        static_threshold=lookup(dpath="consistency/static_threshold", within=settings),
        code=code_version("qloc.stages.judge_claims"),
    shell:
        "python -m qloc judge-claims"
        ' --summaries "{input.summaries:q}"'
        ' --diagnostics "{input.diagnostics:q}"'
        ' --sweeps "{input.sweeps:q}"'
        ' --agreements "{input.agreements:q}"'
        ' --mappings "{input.mappings:q}"'
        ' --synapses "{input.synapses:q}"'
        ' --effects "{input.effects:q}"'
        " --preset={params.preset:q}"
        ' --edits "{input.edits:q}"'
        ' --edit-comparisons "{input.edit_comparisons:q}"'
        " --edit-rules {params.edit_rules:q}"
        " --widespread {params.widespread}"
        " --evidence {params.evidence}"
        " --every-threshold {params.every_threshold}"
        " --margin {params.margin}"
        " --min-facts {params.min_facts}"
        " --static-threshold {params.static_threshold}"
        " --claims {output.claims:q}"
        " &> {log:q}"


rule tabulate_claims:
    """Tabulate the paper's claims, what was found of each, and the verdicts."""
    input:
        claims=expand("results/claims/{model}.parquet", model=study.instances),
    output:
        csv=shown("results/tables/claims.csv", CLAIMS, "the paper's claims"),
        page=shown("results/tables/claims.html", CLAIMS, "the paper's claims"),
    log:
        "logs/tabulate_claims.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        code=code_version("qloc.stages.tabulate_claims"),
    shell:
        "python -m qloc tabulate-claims"
        ' --claims "{input.claims:q}"'
        " --csv {output.csv:q}"
        " --page {output.page:q}"
        " &> {log:q}"


rule plot_claims:
    """Draw all claims of all models: intervals, the regions fixed beforehand, verdicts."""
    input:
        claims=expand("results/claims/{model}.parquet", model=study.instances),
    output:
        figure=shown("results/figures/claims.svg", CLAIMS, "all claims at a glance"),
        numbers=shown("results/figures/claims.csv", CLAIMS, "all claims at a glance"),
    log:
        "logs/plot_claims.log",
    conda:
        "../../envs/figures.yaml"
    threads: 1
    params:
        method=settings["methods"][0],
        code=code_version("qloc.stages.plot_claims"),
    shell:
        "python -m qloc plot-claims"
        ' --claims "{input.claims:q}"'
        " --method {params.method:q}"
        " --figure {output.figure:q}"
        " --numbers {output.numbers:q}"
        " &> {log:q}"
