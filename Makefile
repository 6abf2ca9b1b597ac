# make          run the study and name its report (STUDY=studies/smoke.yaml for another; SAMPLE=10
#               for so many facts of each relation)
# make test     run all tests
# make benchmark   measure attribution, manipulations and edits for docs/explanation/performance.md (an hour)
# make report   write the report again, of results that are complete
# CORES=2 limits the cores; PYTHON=python3.12 names another interpreter to start from.

PYTHON ?= python3
CORES ?= all
STUDY ?=
SAMPLE ?=
OPTIONS = $(if $(STUDY),--configfile $(STUDY)) $(if $(SAMPLE),--sample $(SAMPLE))
VENV = .venv/bin/python

.PHONY: study test report benchmark

study: .venv/installed
	@$(VENV) workflow/run.py --cores $(CORES) --quiet reason host $(OPTIONS)
	@test -e results/report.html || $(VENV) workflow/report.py $(OPTIONS)
	@echo "Read results/report.html in a browser."

report: .venv/installed
	@$(VENV) workflow/report.py $(OPTIONS)

test: .venv/installed-for-tests
	$(VENV) -m pytest -n 2 -m "not study and not slow and not long and not mutation and not slurm and not browser"
	$(VENV) -m pytest -n 2 -m slow
	$(VENV) -m pytest -m study

benchmark: .venv/installed-for-benchmark
	$(VENV) -m tests.benchmark

.venv/installed: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; make PYTHON=python3.12 names one.")'
	test -e $(VENV) || $(PYTHON) -m venv .venv
	$(VENV) -m pip install --quiet -c constraints.txt -e .
	@touch $@

.venv/installed-for-tests: .venv/installed
	$(VENV) -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

.venv/installed-for-benchmark: .venv/installed
	$(VENV) -m pip install --quiet --no-deps knowledge-neurons==0.0.2 einops==0.8.2
	@touch $@
