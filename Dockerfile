# The environment of the study: its package and what it needs, at the versions of constraints.txt.
#
#   docker build -t qloc:0.1.0 .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/study" qloc:0.1.0 snakemake --cores all
#
# docs/how-to/workflow.md tells how Apptainer and Kubernetes use it, and what of this was tried.
FROM python:3.11.13-slim-bookworm@sha256:86adf8dbadc3d6e82ee5dd2c74bec2e1c2467cdad47886280501df722372d2e1

# Snakemake names the user it runs for; a number without a name has none.
ENV PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    USER=study \
    LOGNAME=study

# First what seldom changes, so that it is built once.
WORKDIR /opt/qloc
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY src/qloc/__init__.py src/qloc/
RUN python -m pip install -c constraints.txt .

COPY . .
RUN python -m pip install --no-deps -e .

# The folder with a checkout (or a Snakefile that uses this one), its results and its logs.
WORKDIR /study
CMD ["snakemake", "--cores", "all"]
