"""
The study: are a fact's knowledge neurons its own, or its query's?

`snakemake -n` tells what there is to do, `snakemake --list-rules` what each rule does.
"""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"


report: "reports/study.rst"


include: "workflow/rules/checkout.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/machine.smk"
include: "workflow/rules/dataset.smk"
include: "workflow/rules/model.smk"
include: "workflow/rules/attribution.smk"
include: "workflow/rules/consistency.smk"
include: "workflow/rules/classes.smk"
include: "workflow/rules/mapping.smk"
include: "workflow/rules/synapses.smk"
include: "workflow/rules/costs.smk"
include: "workflow/rules/editing.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/intervention_figures.smk"
include: "workflow/rules/intervention_tables.smk"
include: "workflow/rules/editing_figures.smk"
include: "workflow/rules/editing_tables.smk"
include: "workflow/rules/chapter_parts.smk"
include: "workflow/rules/chapters.smk"


rule all:
    """Everything the report shows."""
    default_target: True
    input:
        expand(
            "results/chapters/{model}/{chapter}.html",
            model=study.instances,
            chapter=CHAPTERS,
        ),
        expand(
            "results/figures/{model}/{method}/{figure}.svg",
            model=study.instances,
            method=settings["methods"],
            figure=[
                "checks",
                "consistency",
                "diagnostics",
                "funnel",
                "layers",
                "neurons",
                "overlaps",
                "probability",
                "schematic",
                "sweep",
            ],
        ),
        expand("results/figures/{model}/agreement.svg", model=compared),
        expand(
            "results/figures/{model}/{figure}.svg",
            model=study.instances,
            figure=["mapping", "quadratures"],
        ),
        expand(
            "results/figures/{model}/{figure}.svg",
            model=manipulated,
            figure=[
                "synapse_distributions",
                "synapse_examples",
                "synapse_places",
                "synapses",
            ],
        ),
        expand(
            "results/figures/{model}/{figure}.svg",
            model=edited,
            figure=["sequences", "tradeoff"],
        ),
        expand(
            "results/figures/{model}/training.svg",
            model=study.instances_from("trained"),
        ),
        expand(
            "results/tables/{table}.html",
            table=[
                "claims",
                "classes",
                "examples",
                "mapping",
                "provenance",
                "stage_costs",
                "thresholds",
                *(["costs", "synapses"] if manipulated else []),
                *(["continuations", "edits", "sequences"] if edited else []),
            ],
        ),
        "results/explorer.html",
        "results/figures/claims.svg",
        "results/report/findings.html",


rule attribution:
    """The knowledge neurons of every studied query, and the error bars of their scores."""
    input:
        expand(
            "results/knowledge_neurons/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),


rule consistency:
    """How consistent every fact is, under both criteria."""
    input:
        expand(
            "results/consistency_classes/{model}/{method}.parquet",
            model=study.instances,
            method=settings["methods"],
        ),


rule mapping:
    """How far every neuron set moves the answer, and which of them moves it more."""
    input:
        expand("results/mapping_comparisons/{model}.parquet", model=study.instances),


rule synapses:
    """How far knowledge synapses move neurons and answers, beside controls."""
    input:
        expand("results/synapse_comparisons/{model}.parquet", model=manipulated),


rule editing:
    """How well single edits do, beside controls."""
    input:
        expand("results/edit_comparisons/{model}.parquet", model=edited),


onsuccess:
    subprocess.run(
        [
            sys.executable,
            checkout / "workflow/report.py",
            "-",
            "--snakefile",
            workflow.main_snakefile,
        ],
        input=json.dumps(config),
        text=True,
        check=False,
    )


onerror:
    subprocess.run(
        [sys.executable, checkout / "workflow/failures.py", *log], check=False
    )
    subprocess.run([sys.executable, checkout / "workflow/places.py"], check=False)
