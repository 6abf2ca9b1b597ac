"""Wrong settings are refused in the words of their author, all at once; right ones resolved."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from qloc.configuration import Study, one_of, resolve
from qloc.errors import StudyError

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
Settings = dict[str, Any]


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The shipped settings, in the checkout they are for."""
    monkeypatch.chdir(ROOT)
    settings: Settings = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return settings


def refusal(config: Settings) -> str:
    with pytest.raises(StudyError) as error:
        resolve(config, SCHEMA)
    return str(error.value)


def put(config: Settings, path: str, value: object) -> Settings:
    """A copy of the settings with one key changed."""
    changed = copy.deepcopy(config)
    *groups, key = path.split("/")
    place = changed
    for group in groups:
        place = place[group]
    place[key] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("sead", 1, "`sead` is not a setting. Did you mean `seed`?"),
        ("answers/known_onli", True, "`answers.known_onli` is not a setting. Did you mean"),
        ("tolerance", 0.1, "Did you mean `attribution.ig.tolerance`?"),
        ("model/tiny-gpt2/pases", 3, "Did you mean `passes`?"),
        ("seed", "zero", '`seed` is "zero", but must be a whole number.'),
        ("seed", -1, "`seed` is -1, but must be at least 0."),
        ("seed", 1.5, "`seed` is 1.5, but must be a whole number."),
        ("seed", 5.0, "`seed` is 5.0, but must be a whole number."),
        ("attribution/keep", float("nan"), "`attribution.keep` is NaN, but must be a number."),
        ("seed", True, "`seed` is true, but must be a whole number."),
        ("attribution", 3, "`attribution` is 3, but must be a group of settings."),
        ("attribution/ig/tolerance", "1e-3", "must be a number. Write 0.001."),
        ("attribution/ig/tolerance", 0, "must be more than 0."),
        ("attribution/keep", 1, "must be less than 1."),
        ("answers/known_only", "yes", "must be true or false."),
        (
            "methods",
            ["ig", "igg"],
            '`methods` lists "igg", but can be `ig`, `sig`, `amig`. Did you mean `ig`?',
        ),
        ("methods", [], "`methods` is [], but must not be empty."),
        ("relations", "P36", '`relations` is "P36", but must be a list.'),
        ("relations", ["P36", "P36"], "`P36` must be listed once."),
        ("relations", ["P36", "P63"], "`P63`"),
        ("relations", ["P36", "../x"], "A name of letters"),
        ("models", ["tiny-gtp2"], "does not describe it. Did you mean `tiny-gpt2`?"),
        ("dataset/source", "folder", '`dataset.source` is "folder", but can be `embedded`'),
        ("dataset/exclude", ["ambiguous"], '`dataset.exclude` lists "ambiguous"'),
        ("dataset/sample/facts_per_relation", 0, "must be at least 1."),
        ("model/gpt2/revision", "main", "40 hexadecimal digits"),
        ("model/gpt2/source", "hubb", "Did you mean `hub`?"),
        ("model/gpt 2", {"source": "hub"}, "A name of letters"),
        ("consistency/sweep/selection_thresholds", [0.01, 0.2], "starts at 0.01: neurons between"),
        ("attribution/keep", 0.25, "Lower `attribution.keep` to 0.2."),
        ("consistency/sweep/consistency_thresholds/stop", 0.01, "starts at 0.04 and stops at"),
        ("mapping/draws", 0, "must be at least 1."),
        ("synapses/presets", ["papers"], "does not describe it. Did you mean `paper`?"),
        ("synapses/preset/paper/reduce", "lyft", "Did you mean `lift`?"),
        ("synapses/preset/Paper", {}, "A name of small letters"),
        ("editing/presets", ["papers"], "does not describe it. Did you mean `paper`?"),
        ("editing/presets", [], "`editing.presets` is [], but must not be empty."),
        ("editing/beta", [0.7], "`editing.beta` is [0.7], but must have 2 entries: beta_1 and"),
        ("editing/beta", [0.7, -0.3], "`editing.beta` lists -0.3, but must be at least 0."),
        ("editing/cut", 1, "`editing.cut` is 1, but must be less than 1."),
        ("editing/calibration/share", 0, "must be more than 0."),
        ("editing/texts/least_tokens", 129, "texts are cut at `editing.texts.most_tokens`, 128"),
        ("editing/preset/paper/strengths", [], "must not be empty."),
        (
            "editing/preset/paper/strengths",
            [[1, 2, 3]],
            "strengths` lists [1, 2, 3], but must have 2 entries: lambda_1 and lambda_2.",
        ),
        ("editing/preset/paper/strengths", [[1]], "must have 2 entries: lambda_1 and lambda_2."),
        ("editing/preset/paper/strengths", [2], "lists 2, but must be a list."),
        ("editing/preset/paper/strengths", [[1, -1]], "must be at least 0."),
        (
            "editing/preset/paper/strengths",
            [[1, 2], [2, 1]],
            "`editing.preset.paper.strengths` lists [2, 1] after [1, 2], but goes from the weakest",
        ),
        ("editing/preset/paper/strengths", [[1, 2], [1, 2]], "lists [1, 2] after [1, 2]"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_do(
    config: Settings, path: str, value: object, words: str
) -> None:
    assert words in refusal(put(config, path, value))


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_attribution_in_16_bits_is_refused_with_the_reason(
    config: Settings, precision: str
) -> None:
    message = refusal(put(config, "attribution/precision", precision))
    assert f'is "{precision}", but can be `float32`, `tf32`. In 16 bits up to 20 of 24' in message
    assert "its weights are opened as float32" in message
    assert "Did you mean" not in message


def test_objects_are_compared_by_first_tokens_only(config: Settings) -> None:
    config["answers"]["candidates"] = "objects"
    assert resolve(config, SCHEMA)
    config["answers"]["tokens"] = "joint"
    message = refusal(config)
    assert "`answers.tokens` is `joint`, which counts all. Take `candidates: vocabulary`" in message
    config["answers"]["candidates"] = "vocabulary"
    assert resolve(config, SCHEMA)


def test_a_quantile_of_all_columns_leaves_no_synapse(config: Settings) -> None:
    config["synapses"]["preset"]["paper"]["tau"] = "quantile"
    assert resolve(config, SCHEMA)
    config["synapses"]["alpha"] = 1
    assert "`synapses.preset.paper.tau` is `quantile`, but `synapses.alpha` is 1" in refusal(config)


def test_methods_whose_neurons_are_edited_are_methods_of_the_study(config: Settings) -> None:
    config["methods"] = ["sig", "amig"]
    message = refusal(config)
    assert "`editing.methods` lists `ig`, but `methods` does not" in message
    assert "take some of `sig`, `amig` here; [] leaves editing out." in message
    for methods in (["amig"], []):
        config["editing"]["methods"] = methods
        assert resolve(config, SCHEMA)


def test_strengths_rise_in_one_lambda_at_least(config: Settings) -> None:
    rising = [[0, 1], [1, 1], [1, 2.5], [3, 3]]
    assert resolve(put(config, "editing/preset/paper/strengths", rising), SCHEMA)


def test_strengths_of_a_preset_that_is_not_listed_do_not_matter(config: Settings) -> None:
    config["editing"]["preset"]["paper"]["strengths"] = [[2, 2], [1, 1]]
    config["editing"]["presets"] = ["calibrated"]
    assert resolve(config, SCHEMA)


def test_texts_may_all_be_cut(config: Settings) -> None:
    config["editing"]["texts"] |= {"least_tokens": 77, "most_tokens": 77}
    assert resolve(config, SCHEMA)


def test_listed_presets_are_spelled_out(config: Settings) -> None:
    config["synapses"]["presets"] = ["lift"]
    settings = resolve(config, SCHEMA).settings["synapses"]
    assert json.loads(settings["rules"]) == {"lift": config["synapses"]["preset"]["lift"]}
    assert settings["facts_per_relation"] == "all"
    assert settings["first"]["preset"] == "lift"
    assert json.loads(settings["first"]["rule"]) == config["synapses"]["preset"]["lift"]
    config["synapses"]["presets"] = []
    assert resolve(config, SCHEMA).settings["synapses"]["first"]["preset"] == ""


def test_numbers_say_which_setting_they_are(config: Settings) -> None:
    """What Snakemake keeps of a parameter is its repr, without the name."""
    study = resolve(put(config, "editing/facts_per_class", 7), SCHEMA)
    assert repr(study.settings["editing"]["facts_per_class"]) == "editing/facts_per_class=7"
    model = study.instances["tiny-gpt2-seed0"]
    assert repr(model["passes"]) == f"passes={model['passes']}"


def test_a_missing_setting_is_named(config: Settings) -> None:
    del config["answers"]["min_queries"]
    assert "`answers.min_queries` is missing." in refusal(config)


def test_all_problems_are_told_at_once(config: Settings) -> None:
    config["sead"] = 1
    config["seed"] = "x"
    config["attribution"]["keep"] = 0.1
    config["models"] = ["tiny-gpt3", "tiny-llama"]
    config["relations"] = ["P36", "P9998", "P9999"]
    message = refusal(config)
    assert message.startswith("6 problems to put right before anything is computed:")
    for word in ("sead", "`seed`", "attribution.keep", "tiny-gpt3", "P9998", "P9999"):
        assert word in message


def test_a_broken_group_stops_no_other_check(config: Settings) -> None:
    config["consistency"]["sweep"]["selection_thresholds"] = ["low"]
    config["models"] = ["nowhere"]
    message = refusal(config)
    assert "selection_thresholds" in message
    assert "nowhere" in message
    assert message.startswith("2 problems")


def test_two_models_cannot_have_one_name(config: Settings, tmp_path: Path) -> None:
    config["model"]["tiny-gpt2-seed0"] = config["model"]["gpt2"]
    config["models"] = ["tiny-gpt2", "tiny-gpt2-seed0"]
    assert "Two models would be called `tiny-gpt2-seed0`" in refusal(config)


FACT = '{"sub_label": "France", "obj_label": "Paris"}\n'
PATTERN = '{"pattern": "The capital of [X] is [Y]."}\n'


@pytest.fixture
def folder(config: Settings, tmp_path: Path) -> Callable[..., Settings]:
    """Settings whose dataset is a folder with these two files."""

    def settings(facts: str = FACT, patterns: str = PATTERN) -> Settings:
        for kind, text in (("facts", facts), ("patterns", patterns)):
            path = tmp_path / kind / "P36.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        changed = put(config, "dataset/source", "directory")
        changed["dataset"]["directory"] = str(tmp_path)
        return put(changed, "relations", ["P36"])

    return settings


def test_files_of_a_folder_become_inputs(folder: Callable[..., Settings], tmp_path: Path) -> None:
    study = resolve(folder(), SCHEMA)
    expected = [f"{tmp_path}/facts/P36.jsonl", f"{tmp_path}/patterns/P36.jsonl"]
    assert study.source_files == {"P36": expected}


@pytest.mark.parametrize(
    ("facts", "patterns", "words"),
    [
        (FACT + '{"sub_label": ', PATTERN, "facts/P36.jsonl, line 2"),
        (FACT + '{"sub_label": "Italy"}\n', PATTERN, "facts/P36.jsonl, line 2: `obj_label`"),
        ("", PATTERN, "facts/P36.jsonl"),
        (FACT, "", "patterns/P36.jsonl"),
        (FACT, PATTERN + '{"pattern": "The capital is [Y]."}\n', "patterns/P36.jsonl, line 2"),
        (FACT, '{"pattern": "[X] has a capital."}\n', "[Y]"),
    ],
)
def test_broken_files_are_named_with_their_line(
    folder: Callable[..., Settings], facts: str, patterns: str, words: str
) -> None:
    assert words in refusal(folder(facts, patterns))


def test_a_missing_folder_is_told_once(config: Settings) -> None:
    config["dataset"] |= {"source": "directory", "directory": "nowhere/pararel"}
    message = refusal(config)
    assert message.count("nowhere/pararel") == 1
    assert message.startswith("1 problem")


def test_a_relation_that_the_folder_lacks_is_named(folder: Callable[..., Settings]) -> None:
    message = refusal(put(folder(), "relations", ["P36", "P37"]))
    assert "`P37`" in message
    assert "P36" in message


def test_a_csv_file_is_checked(config: Settings, tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    config["dataset"] |= {"source": "csv", "csv": str(path)}
    config["relations"] = ["capital"]
    assert "facts.csv" in refusal(config)
    path.write_text("relation,subject,object,template\ncapital,France,Paris,In [X] is [Y]\n")
    assert resolve(config, SCHEMA).source_files == {"capital": [str(path)]}
    path.write_text("relation,subject,object,template\ncapital,France,,In [X] is [Y]\n")
    assert "facts.csv, line 2: no object" in refusal(config)


def test_a_download_is_checked_by_name_only(config: Settings) -> None:
    config["dataset"]["source"] = "download"
    config["text"]["source"] = "download"
    study = resolve(config, SCHEMA)
    assert study.source_files["P36"][0] == "results/downloads/pararel/facts/P36.jsonl"
    assert study.texts["held_out"] == "results/downloads/wikitext-2/test.txt"
    assert "`P9999`" in refusal(put(config, "relations", ["P9999"]))


def test_text_is_checked_only_where_a_model_is_trained_on_it_or_edited(config: Settings) -> None:
    config["text"] = {"source": "directory", "directory": "nowhere"}
    assert "nowhere/valid.txt" in refusal(config)
    config["models"] = ["gpt2"]
    assert "nowhere/test.txt" in refusal(config)
    resolve(put(config, "editing/methods", []), SCHEMA)


def checkpoint(folder: Path, model_type: str = "gpt2", size: int = 8) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
    (folder / "tokenizer.json").write_text("{}")
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    content = len(header).to_bytes(8, "little") + header + b"\0" * size
    (folder / "model.safetensors").write_bytes(content)


@pytest.mark.parametrize(
    ("model_type", "size", "words"),
    [("t5", 8, "`t5` is not supported"), ("gpt2", 3, "not whole")],
)
def test_a_checkpoint_that_cannot_be_opened_is_refused(
    config: Settings, tmp_path: Path, model_type: str, size: int, words: str
) -> None:
    checkpoint(tmp_path / "mine", model_type, size)
    config["model"]["mine"] = {"source": "folder", "folder": str(tmp_path / "mine")}
    config["models"] = ["mine"]
    message = refusal(config)
    assert "`model.mine.folder`" in message
    assert words in message


def test_a_checkpoint_folder_without_safetensors_is_refused(
    config: Settings, tmp_path: Path
) -> None:
    checkpoint(tmp_path / "mine")
    (tmp_path / "mine/model.safetensors").rename(tmp_path / "mine/pytorch_model.bin")
    config["model"]["mine"] = {"source": "folder", "folder": str(tmp_path / "mine")}
    config["models"] = ["mine"]
    assert "pytorch_model.bin" in refusal(config)


def test_a_checkpoint_that_is_not_studied_is_not_looked_at(config: Settings) -> None:
    config["model"]["mine"] = {"source": "folder", "folder": "nowhere"}
    resolve(config, SCHEMA)


def test_a_trained_model_is_an_instance_for_every_seed(config: Settings) -> None:
    config["model"]["tiny-llama"]["seeds"] = [3, 1]
    config["models"] = ["tiny-llama", "gpt2"]
    study = resolve(config, SCHEMA)
    assert list(study.instances) == ["tiny-llama-seed3", "tiny-llama-seed1", "gpt2"]
    assert study.instances["tiny-llama-seed3"]["seed"] == 3
    assert study.instances_from("trained") == ["tiny-llama-seed3", "tiny-llama-seed1"]
    assert study.instances_from("hub", "folder") == ["gpt2"]
    assert study.instances["gpt2"]["hub_name"] == "openai-community/gpt2"


def test_a_folder_model_has_its_files_as_inputs(config: Settings, tmp_path: Path) -> None:
    checkpoint(tmp_path / "mine")
    config["model"]["mine"] = {"source": "folder", "folder": str(tmp_path / "mine")}
    config["models"] = ["mine"]
    files = resolve(config, SCHEMA).instances["mine"]["files"]
    assert [Path(file).name for file in files] == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]


def test_what_is_measured_of_a_model_depends_on_its_own_settings_only(config: Settings) -> None:
    config["models"] = ["tiny-llama", "gpt2", "tiny-gpt2"]
    config["model"]["tiny-gpt2"]["seeds"] = [4, 9]
    measured = resolve(config, SCHEMA).measured
    assert list(measured) == ["tiny-llama-seed0", "gpt2", "tiny-gpt2-seed4", "tiny-gpt2-seed9"]
    own = json.loads(measured["tiny-gpt2-seed9"]["settings"])
    assert own["models"] == ["tiny-gpt2"]
    assert own["model"] == {"tiny-gpt2": config["model"]["tiny-gpt2"] | {"seeds": [9]}}
    assert list(json.loads(measured["gpt2"]["settings"])["model"]) == ["gpt2"]
    other = resolve(put(config, "model/tiny-gpt2/passes", 77), SCHEMA).measured
    changed = [name for name in measured if measured[name] != other[name]]
    assert changed == ["tiny-gpt2-seed4", "tiny-gpt2-seed9"]
    assert resolve(put(config, "seed", 5), SCHEMA).measured["gpt2"] != measured["gpt2"]


def test_the_files_that_are_measured_are_those_of_the_model(config: Settings) -> None:
    config["models"] = ["gpt2", "tiny-gpt2"]
    measured = resolve(config, SCHEMA).measured
    assert "benchmarks/describe_checkpoint/gpt2.tsv" in measured["gpt2"]["benchmarks"]
    own = measured["tiny-gpt2-seed0"]
    assert "benchmarks/train_tiny_model/tiny-gpt2-seed0.tsv" in own["benchmarks"]
    assert all("/tiny-gpt2-seed0" in path for path in own["benchmarks"] + own["tables"])


def test_no_sample_size_is_spelled_out(config: Settings) -> None:
    def spelled(value: int | None) -> object:
        study: Study = resolve(put(config, "dataset/sample/facts_per_relation", value), SCHEMA)
        return study.settings["dataset"]["sample"]["facts_per_relation"]

    assert (spelled(None), spelled(7)) == ("all", 7)


def test_the_settings_given_are_left_as_they_are(config: Settings) -> None:
    before = copy.deepcopy(config)
    resolve(config, SCHEMA)
    assert config == before


def test_a_wildcard_takes_the_listed_names_only() -> None:
    assert one_of(["a.b", "c"]) == r"a\.b|c"
    assert one_of([]) == "(?!)"
