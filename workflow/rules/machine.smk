"""
What a job asks of a machine: memory and time by the size of its model and by attempt.

Reads   results/models/{model}/model.json, results/queries/{relation}.parquet (sizes; before
        they are there, Snakemake asks again when they are)
"""

from qloc.planning import requests

# Whatever needs a network runs beside Snakemake (localrules); what a cluster runs has none.
if workflow.remote_exec:
    job_environment.stay_offline()


def model_memory(wildcards, input, attempt):
    """Memory of the node, in MiB, for a job that opens a model; more at every attempt."""
    Path(input.model).stat()
    return attempt * requests.memory_mb(Path(input.model))


def model_minutes(wildcards, input, attempt, rulename):
    """Minutes for a job that opens a model; more at every attempt."""
    queries = [input.queries] if isinstance(input.queries, str) else input.queries
    Path(input.model).stat()
    minutes = requests.minutes(
        rulename, Path(input.model), [Path(path) for path in queries]
    )
    return attempt * minutes
