"""One word, five places: a rule is its stage, its command, its log, its code, its test."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from qloc import configuration
from qloc.benchmarks import MEASURED_RULES
from qloc.wording import schema_problems

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
METHODS = ("ig", "sig", "amig")
OF_METHODS = tuple(f"attribution/{method}/" for method in METHODS)


@pytest.fixture(scope="module")
def study() -> configuration.Study:
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return configuration.resolve(config, SCHEMA)


def test_every_stage_is_a_rule_and_every_rule_a_stage(
    rules: dict[str, Any], stage_options: dict[str, list[str]]
) -> None:
    assert sorted(rules) == sorted(stage_options)


def test_rule_log_code_version_and_command_say_one_word(rules: dict[str, Any]) -> None:
    for name, rule in rules.items():
        assert re.search(rf'"logs/{name}[/.]', rule.part("log")), name
        assert f'code=code_version("qloc.stages.{name}")' in rule.part("params"), name
        assert f'"python -m qloc {name.replace("_", "-")}"' in rule.part("shell"), name
        assert '" &> {log:q}"' in rule.part("shell"), name


def test_the_cluster_gives_every_rule_with_a_model_its_place(rules: dict[str, Any]) -> None:
    text = (ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8")
    given = yaml.safe_load(text)["set-resources"]
    local = {"describe_checkpoint"}
    with_a_model = {name for name, rule in rules.items() if "envs/model.yaml" in rule.text}
    assert set(given) == with_a_model - local
    for name, resources in given.items():
        assert set(resources) <= {"slurm_partition", "gpu"}, name
        assert (resources["slurm_partition"] == "gpu") == (resources.get("gpu") == 1), name


def test_a_profile_for_clusters_keeps_what_that_for_laptops_sets() -> None:
    """A profile named on the command line replaces `profiles/default`."""
    default, *others = (
        yaml.safe_load((ROOT / f"profiles/{name}/profile.yaml").read_text(encoding="utf-8"))
        for name in ("default", "slurm", "cluster-generic", "kubernetes")
    )
    assert all(default.items() <= other.items() for other in others)


def test_profiles_for_clusters_give_gpus_to_the_same_rules() -> None:
    slurm, generic = (
        yaml.safe_load((ROOT / f"profiles/{name}/profile.yaml").read_text(encoding="utf-8"))
        for name in ("slurm", "cluster-generic")
    )
    with_gpu = {name for name, asked in slurm["set-resources"].items() if asked.get("gpu")}
    assert with_gpu == set(generic["set-resources"])


def test_rules_that_open_a_model_ask_for_memory_and_time_by_its_size(
    rules: dict[str, Any],
) -> None:
    by_size = ["mem_mb=model_memory", "runtime=model_minutes"]
    for name, rule in rules.items():
        opens = "envs/model.yaml" in rule.part("conda") and "model=" in rule.part("input")
        asked = re.findall(r"(?:mem_mb|runtime)=\w+", rule.part("resources"))
        assert asked == (by_size if opens else []), name


def test_no_rule_is_tried_again_by_itself(rules: dict[str, Any]) -> None:
    """Retries of rules multiply with those of a profile."""
    for name, rule in rules.items():
        assert not re.search(r"^    (retries|group|cache):", rule.text, re.M), name


def test_every_stage_has_its_test(rules: dict[str, Any]) -> None:
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests/stages").glob("*.py")}
    assert sorted(set(rules) - tested) == []


def test_every_rule_is_of_the_house_form(rules: dict[str, Any]) -> None:
    for name, rule in rules.items():
        assert re.match(rf'rule {name}:\n    """[A-Z][^"]+\."""\n', rule.text), name
        order = re.findall(r"^    (\w+):", rule.text, re.M)
        house = (
            "input output log localrule benchmark conda threads resources params"
            " wildcard_constraints shell"
        )
        known = [part for part in house.split() if part in order]
        assert sorted(order) == sorted(known), name
        assert {"input", "output", "log", "conda", "threads", "params", "shell"} <= set(order), name
        assert "lambda" not in rule.text, name
        for part in ("input", "output", "params"):
            lines = [line for line in rule.part(part).splitlines() if re.match(r" {8}\S", line)]
            assert all(re.match(r" {8}(\w+=|[\])])", line) for line in lines), name


def test_rules_that_open_a_model_are_measured_and_run_on_one_thread(rules: dict[str, Any]) -> None:
    for name, rule in rules.items():
        if "envs/model.yaml" in rule.part("conda"):
            assert rule.part("benchmark"), name
        assert rule.part("threads").strip() == "1", name


def test_what_is_measured_are_the_jobs_of_all_rules_that_open_a_model(
    rules: dict[str, Any],
) -> None:
    with_a_model = {name for name, rule in rules.items() if "envs/model.yaml" in rule.text}
    assert set(MEASURED_RULES) == with_a_model
    for name, measured in MEASURED_RULES.items():
        job = "/".join(f"{{{wildcard}}}" for wildcard in measured.wildcards)
        assert rules[name].part("benchmark").strip() == f'"benchmarks/{name}/{job}.tsv"'
        written = re.findall(r'"results/(\w+)/(.*)\.parquet"', rules[name].part("output"))
        tables = [(table, path) for table, path in written if table != "models"]
        assert sorted(tables) == sorted((table, job) for table in measured.tables), name


def test_a_rule_gives_its_stage_exactly_the_options_it_asks_for(
    rules: dict[str, Any], stage_options: dict[str, list[str]]
) -> None:
    given = {name: sorted(rule.options) for name, rule in rules.items()}
    assert given == {name: sorted(options) for name, options in stage_options.items()}


def test_every_parameter_of_a_rule_is_used_in_its_command(rules: dict[str, Any]) -> None:
    for name, rule in rules.items():
        shell = rule.part("shell")
        for kind in ("input", "output", "params"):
            for key in re.findall(r"^ {8}(\w+)=", rule.part(kind), re.M):
                is_version = key in {"code", "method_code"}
                is_pulled = (name, kind, key) == ("describe_checkpoint", "input", "files")
                assert is_version or is_pulled or f"{{{kind}.{key}" in shell, f"{name}: {key}"


def test_texts_of_two_settings_of_a_rule_have_no_value_in_common(rules: dict[str, Any]) -> None:
    """Snakemake compares them as a set, without names: see `qloc.named_numbers`."""
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    compared = 0
    for name, rule in rules.items():
        paths = [path.format(method="ig") for path, within in rule.lookups if within == "settings"]
        texts = {path: values for path in paths if (values := values_of(schema, path))}
        for (one, own), (other, others) in itertools.combinations(texts.items(), 2):
            assert not own & others, f"{name}: {one} and {other}"
            compared += 1
    assert compared > 5


def values_of(schema: dict[str, Any], path: str) -> set[str]:
    """The texts and truth values that a setting may have."""
    part = schema
    for key in path.split("/"):
        part = part.get("properties", {}).get(key, {})
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    truths = {"True", "False"} if part.get("type") == "boolean" else set()
    return {*map(str, part.get("enum", ())), *truths}


def test_every_lookup_finds_its_setting(rules: dict[str, Any], study: configuration.Study) -> None:
    checkpoint = {"files": [], "source": "", "folder": "", "hub_name": "", "revision": ""}
    places = {
        "settings": study.settings,
        "study.instances": study.instances | {"checkpoint": checkpoint},
        "study.source_files": study.source_files,
        "study.measured": study.measured,
        "method_code": {"ig": ""},
    }
    for name, rule in rules.items():
        is_checkpoint = name == "describe_checkpoint"
        wildcards = {
            "model": "checkpoint" if is_checkpoint else "tiny-gpt2-seed0",
            "relation": "P36",
            "method": "ig",
        }
        for path, within in rule.lookups:
            value: Any = places[within]
            for key in path.format(**wildcards).split("/"):
                assert key in value, f"{name} looks up {path}"
                value = value[key]


def test_every_setting_is_read_by_a_rule(rules: dict[str, Any]) -> None:
    """Those that no rule looks up decide which jobs or files there are."""
    decide = {
        "models",
        "relations",
        "methods",
        "dataset/source",
        "dataset/directory",
        "dataset/csv",
        "text/source",
        "text/directory",
        "synapses/presets",
        "synapses/preset",
        "editing/methods",
        "editing/presets",
        "editing/preset",
    }
    looked_up = {
        path.format(method=method, model="", relation="")
        for rule in rules.values()
        for path, within in rule.lookups
        if within == "settings"
        for method in METHODS
    }
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    described = {"/".join(path) for path in leaves(schema)}
    implied = {
        "dataset/format",
        "synapses/rules",
        "synapses/first/preset",
        "synapses/first/rule",
        "editing/rules",
    }
    knobs = {f"attribution/{method}/knobs" for method in METHODS}
    assert knobs <= looked_up
    own = {path for path in described - looked_up if path.startswith(OF_METHODS)}
    assert described - own == looked_up - implied - knobs | decide


@pytest.mark.parametrize("method", METHODS)
def test_settings_of_a_methods_own_are_its_knobs(study: configuration.Study, method: str) -> None:
    settings = study.settings["attribution"][method]
    knobs = json.loads(settings["knobs"])
    assert {*knobs, "quadrature", "steps", "tolerance", "knobs"} == set(settings)
    assert {name: settings[name] for name in knobs} == knobs


def leaves(schema: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, part in schema["properties"].items():
        if "properties" in part:
            found += leaves(part, (*above, key))
        elif key != "model":
            found.append((*above, key))
    return found


def test_every_setting_of_a_model_is_read_by_its_rule(rules: dict[str, Any]) -> None:
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    trained = {path for path, _ in rules["train_tiny_model"].lookups}
    settings = set(schema["$defs"]["trained"]["properties"]) - {"source", "seeds"}
    assert trained == {f"{{model}}/{name}" for name in settings | {"seed"}}


def test_every_setting_says_what_it_means_its_range_and_how_sure_it_is() -> None:
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    shared = {f"#/$defs/{name}": part for name, part in schema["$defs"].items()}
    groups = [schema, *(part for part in shared.values() if "properties" in part)]
    while groups:
        group = groups.pop()
        assert group["additionalProperties"] is not True
        if group.get("additionalProperties") is False:
            optional = set(group["properties"]) - set(group["required"])
            assert optional == set()
        for name, given in group["properties"].items():
            part = shared.get(given.get("$ref"), given)
            assert part.get("description"), name
            described = part.get("additionalProperties")
            if "properties" in part:
                groups.append(part)
            elif isinstance(described, dict) and "properties" in described and name != "model":
                groups.append(described)
            elif name != "model":
                assert part["basis"] in {"text", "lineage", "assumed", "ours"}, name
                assert {"enum", "const", "type"} & set(part), name
                is_number = set(part.get("type", "")) & {"integer", "number"} or part.get(
                    "type"
                ) in ("integer", "number")
                has_range = {"minimum", "exclusiveMinimum"} & set(part)
                assert not is_number or has_range, name


def test_what_is_assumed_is_said_to_be_assumed_in_the_config() -> None:
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    part = schema["properties"]["knowledge_neurons"]["properties"]["selection_threshold"]
    assert part["basis"] == "assumed"
    config = (ROOT / "config.yaml").read_text(encoding="utf-8")
    above, _, _ = config.partition("  selection_threshold:")
    assert "assumed" in above.rpartition("knowledge_neurons:")[2]


@pytest.mark.parametrize("study_file", sorted((ROOT / "studies").glob("*.yaml")), ids=str)
def test_every_study_file_keeps_the_schema(study_file: Path) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    changed = yaml.safe_load(study_file.read_text(encoding="utf-8"))
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    assert schema_problems(merged(config, changed), schema) == []


def merged(settings: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """As Snakemake merges `--configfile`: groups are merged, all else is replaced."""
    both = dict(settings)
    for key, value in changed.items():
        is_group = isinstance(value, dict) and key in settings
        both[key] = merged(settings[key], value) if is_group else value
    return both


def test_the_report_and_the_tutorial_name_chapters_as_rules_do() -> None:
    rules = (ROOT / "workflow/rules/common.smk").read_text(encoding="utf-8")
    chapters = re.findall(r'^[A-Z]+ = "(\d .+)"$', rules, re.M)
    assert [int(chapter[0]) for chapter in chapters] == list(range(1, len(chapters) + 1))
    report = (ROOT / "reports/study.rst").read_text(encoding="utf-8")
    assert re.findall(r'^  "(\d .+?)": "', report, re.M) == chapters
    tutorial = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\*(\d .+?\?)\*", tutorial)) <= set(chapters)
