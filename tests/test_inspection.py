"""One question to one model, in Python and on the command line: as the study answers it."""

import json
import re
import shlex
import subprocess
import sys
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from qloc import defaults
from qloc.cli import main
from qloc.contracts.answers import ANSWERS
from qloc.contracts.attributions import ATTRIBUTIONS
from qloc.contracts.consistency_scores import CONSISTENCY_SCORES
from qloc.contracts.knowledge_neurons import KNOWLEDGE_NEURONS
from qloc.contracts.queries import QUERIES
from qloc.errors import StudyError
from qloc.inspection import findings, inspect, open_checkpoint, settings_with
from qloc.inspection.neurons import consistency, pair_overlaps, selected_sets, top_neurons
from qloc.inspection.prompts import encode_prompts
from qloc.inspection.result import Inspection
from qloc.measures.selection import selected
from qloc.models import opening
from qloc.models.description import describe
from qloc.models.greedy import say
from qloc.models.manifest import manifest_text
from qloc.tables import read_table, write_table

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/how-to/inspect.md").read_text(encoding="utf-8")
TEXT = "The capital of France is governed from Paris Rome Lyon seat its in lies"
PROMPTS = ["The capital of France is", "France is governed from", "France lies in"]
CONTEXT = 16


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A folder with a random model of three layers in the place of a study's tiny GPT-2."""
    folder = tmp_path_factory.mktemp("study")
    model = folder / "results/models/tiny-gpt2-seed0"
    words = {word: number for number, word in enumerate(["<end>", *TEXT.split()])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<end>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>"
    ).save_pretrained(model)
    with torch.random.fork_rng():
        torch.manual_seed(8)
        sizes = {"n_embd": 16, "n_layer": 3, "n_head": 2, "n_inner": 20, "n_positions": CONTEXT}
        config = GPT2Config(vocab_size=len(words), **sizes, initializer_range=0.6, bos_token_id=0)
        GPT2LMHeadModel(config).save_pretrained(model)
    made = describe(model, "tiny-gpt2-seed0", "folder", configured_folder=str(model))
    (model / "model.json").write_text(manifest_text(made), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def checkpoint(study):
    return study / "results/models/tiny-gpt2-seed0"


@pytest.fixture(scope="module")
def model(checkpoint):
    return open_checkpoint(checkpoint, threads=1)


@pytest.fixture
def call(monkeypatch):
    """Runs the command; a test that expects a refusal forbids the weights to be opened."""

    def run(*arguments, exit_code=0):
        if exit_code:
            monkeypatch.setattr(opening.Checkpoint, "open", None)
        result = CliRunner().invoke(main, ["inspect", *map(str, arguments)])
        assert result.exit_code == exit_code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.fixture(scope="module", params=["ig", "sig", "amig"])
def tables(request, study, checkpoint):
    """A method and the tables of a study of one fact that is asked by the three prompts."""
    usual = settings_with(method=request.param)
    names = [f"P36/00000/{template:02d}" for template in range(len(PROMPTS))]
    queries = pd.DataFrame(
        {
            "query_id": names,
            "fact_id": "P36/00000",
            "relation": "P36",
            "template": range(len(PROMPTS)),
            "pattern": [f"{prompt} [Y]" for prompt in PROMPTS],
            "prompt": PROMPTS,
            "answer": "Paris",
            "final_word": [prompt.split()[-1] for prompt in PROMPTS],
        }
    )
    of_study = ("queries", "answers", "attributions", "checks", "fact_scores", "neurons", "scores")
    paths = {name: study / f"{name}.parquet" for name in of_study}
    write_table(QUERIES, queries, paths["queries"])
    manifest = checkpoint / "model.json"
    shared = {"model": manifest, "queries": paths["queries"], "threads": 1}
    _stage("answer-queries", **shared, candidates="vocabulary", known_only=False, min_queries=2,
           batch_size=8, answers=paths["answers"], answer_tokens="first")  # fmt: skip
    _stage("attribute-neurons", **shared, answers=paths["answers"], method=request.param,
           batch_size=8, **asdict(usual.rule), keep=0, mean_floor=0, knobs=json.dumps(usual.knobs),
           answer_tokens="first", precision="float32",
           attributions=paths["attributions"], checks=paths["checks"],
           fact_scores=paths["fact_scores"])  # fmt: skip
    _stage("select-knowledge-neurons", attributions=paths["attributions"],
           selection_threshold=0.2, knowledge_neurons=paths["neurons"])  # fmt: skip
    _stage("score-consistency", knowledge_neurons=paths["neurons"], answers=paths["answers"],
           queries=paths["queries"], fixed_k=2, chance_draws=1, seed=0,
           scores=paths["scores"])  # fmt: skip
    return request.param, paths


def _stage(name, **options):
    words = [text for key, value in options.items()
             for text in (f"--{key.replace('_', '-')}", str(value))]  # fmt: skip
    result = CliRunner().invoke(main, [name, *words])
    assert result.exit_code == 0, result.output


def test_scores_neurons_answers_and_consistency_are_those_of_the_study(model, tables):
    method, paths = tables
    found = inspect(model, PROMPTS, "Paris", settings_with(method=method, top=60))
    rows = read_table(ATTRIBUTIONS, paths["attributions"])
    selected = read_table(KNOWLEDGE_NEURONS, paths["neurons"])
    answers = read_table(ANSWERS, paths["answers"]).sort_values("query_id")
    for prompt, answered in zip(found.prompts, answers.itertuples(), strict=True):
        own = rows[rows["query_id"] == answered.query_id]
        scores = {(n.layer, n.neuron): (n.score, n.activation) for n in prompt.top_neurons}
        assert len(scores) == 60
        of_study = [scores[place] for place in zip(own["layer"], own["neuron"], strict=True)]
        best = own["score"].max()
        np.testing.assert_allclose([s for s, _ in of_study], own["score"], atol=2e-5 * best)
        np.testing.assert_allclose([a for _, a in of_study], own["activation"], atol=1e-5)
        chosen = selected[selected["query_id"] == answered.query_id]
        places = sorted(zip(chosen["layer"], chosen["neuron"], strict=True))
        assert list(prompt.knowledge_neurons) == places
        assert prompt.answer_probability == pytest.approx(answered.answer_probability, rel=1e-6)
        assert prompt.answer_rank == answered.answer_rank
    score = read_table(CONSISTENCY_SCORES, paths["scores"])["consistency_score"].item()
    assert found.consistency.score == score
    assert 0 < score < 1


def test_neurons_are_listed_best_first_with_their_share():
    scores = np.array([[0.1, 0.5, -0.3], [0.25, 0.1, 0.05]])
    is_selected = selected(scores, 0.2)
    assert is_selected.tolist() == [[False, True, False], [True, False, False]]
    found = top_neurons(scores, scores * 10, is_selected, 4)
    assert [(n.layer, n.neuron) for n in found] == [(0, 1), (1, 0), (0, 0), (1, 1)]
    assert [n.share for n in found] == pytest.approx([1, 0.5, 0.2, 0.2])
    assert [n.activation for n in found] == pytest.approx([5, 2.5, 1, 1])
    assert [n.is_selected for n in found] == [True, True, False, False]


def test_without_a_positive_score_nothing_is_selected_and_shares_are_missing():
    scores = -np.ones((2, 3))
    is_selected = selected(scores, 0.2)
    assert not is_selected.any()
    assert {n.share for n in top_neurons(scores, scores, is_selected, 3)} == {None}
    assert consistency(selected_sets([()])).score is None


def test_overlaps_by_hand():
    """Sets {0, 1, 2}, {1, 2, 4, 5}, {2, 3} and none, in two layers of three neurons."""
    neurons = [(0, 1, 2), (1, 2, 4, 5), (2, 3), ()]
    sets = selected_sets([[divmod(number, 3) for number in own] for own in neurons])
    found = [(p.first, p.second, p.n_shared, p.n_any, p.jaccard) for p in pair_overlaps(sets)]
    assert found == [
        (1, 2, 2, 5, 2 / 5),
        (1, 3, 1, 4, 1 / 4),
        (1, 4, 0, 3, 0),
        (2, 3, 1, 5, 1 / 5),
        (2, 4, 0, 4, 0),
        (3, 4, 0, 2, 0),
    ]
    of_all = consistency(sets)
    assert (of_all.n_shared, of_all.n_any, of_all.score) == (2, 6, 2 / 6)
    two_empty = pair_overlaps(selected_sets([(), ()]))
    assert two_empty[0].jaccard is None


def test_what_the_model_says_is_the_best_token_time_after_time(model):
    tokens = model.tokenizer.encode(PROMPTS[0])
    words, probability, text = [], 1.0, list(tokens)
    for _ in range(3):
        shares = torch.softmax(model.module(torch.tensor([text])).logits[0, -1].double(), 0)
        text.append(int(shares.argmax()))
        probability *= float(shares.max())
        words.append(model.tokenizer.decode([text[-1]]))
    said = say(model, tokens, 3)
    assert said.text == "".join(words)
    assert said.probability == pytest.approx(probability, rel=1e-5)
    assert say(model, text * 2, 9).text == say(model, text * 2, 1).text, "the context ends"


def test_all_tokens_of_an_answer_count_if_asked(model):
    first, joint = (
        inspect(model, PROMPTS[:1], "Paris Rome", settings_with(answer_tokens=tokens)).prompts[0]
        for tokens in ("first", "joint")
    )
    assert first.answer_tokens == joint.answer_tokens == ("Paris", "Rome")
    text = torch.tensor([[*model.tokenizer.encode(PROMPTS[0]), model.tokenizer.encode("Paris")[0]]])
    shares = torch.softmax(model.module(text).logits[0].double(), 1)
    paris, rome = model.tokenizer.encode("Paris Rome")
    assert first.answer_probability == pytest.approx(float(shares[-2, paris]), rel=1e-5)
    both = float(shares[-2, paris] * shares[-1, rome])
    assert joint.answer_probability == pytest.approx(both, rel=1e-5)
    assert len(joint.said) > len(first.said)


def test_settings_left_out_are_those_of_the_config_file():
    assert defaults.CONFIG.resolve() == ROOT / "config.yaml"
    usual = settings_with()
    of_method = defaults.default("attribution/ig")
    assert usual.method == defaults.default("methods")[0]
    assert usual.rule.quadrature == of_method["quadrature"]
    assert usual.rule.tolerance == of_method["tolerance"]
    assert settings_with(quadrature="riemann_right").rule.steps == of_method["steps"]
    assert usual.selection_threshold == defaults.default("knowledge_neurons/selection_threshold")
    assert settings_with(selection_threshold=0.0).selection_threshold == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"method": "ag"}, "method is 'ag', but must be one of .*ig"),
        ({"quadrature": "left_hand"}, "quadrature .* adaptive"),
        ({"steps": 5}, "steps is given, but quadrature adaptive does not use it"),
        ({"quadrature": "riemann_right", "tolerance": 0.1}, "tolerance is given"),
        ({"quadrature": "riemann_right", "steps": 1}, "steps is 1, but must be at least 2"),
        ({"tolerance": 0.0}, "tolerance is 0.0, but must be above 0"),
        ({"selection_threshold": 1.0}, "selection_threshold is 1.0"),
        ({"answer_tokens": "last"}, "answer_tokens is 'last'"),
        ({"top": 0}, "top is 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong, message):
    with pytest.raises(StudyError, match=message):
        settings_with(**wrong)


@pytest.mark.parametrize(
    ("prompts", "answer", "messages"),
    [
        ([""], "Paris", ["Prompt 1 is empty"]),
        (["France", "  "], " ", ["Prompt 2 is empty", "The answer is empty"]),
        (["France", " France "], "Paris", ['"France" is given twice']),
        (["The capital of [X] is"], "Paris", ["is a pattern"]),
        (["France " * CONTEXT], "Paris", ["16 tokens and its answer 1: more than the 16"]),
    ],
)
def test_prompts_that_cannot_be_asked_are_refused_together(
    checkpoint, call, prompts, answer, messages
):
    also = [word for prompt in prompts[1:] for word in ("--also", prompt)]
    result = call(checkpoint, prompts[0], "--answer", answer, *also, exit_code=1)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    for message in messages:
        assert message in result.stderr


class Gluing:
    """A tokenizer that reads the letters after the last blank as one token."""

    eos_token_id = None

    def encode(self, text, *, add_special_tokens=True):
        return [len(text.split(" ")), len(text)]


def test_an_answer_that_the_tokenizer_glues_to_the_prompt_is_refused():
    with pytest.raises(StudyError, match='does not keep "France is" and "Paris" apart'):
        encode_prompts(Gluing(), 99, ["France is"], "Paris")


def test_bad_options_end_with_exit_code_2(checkpoint, call):
    assert "--answer" in call(checkpoint, "France", exit_code=2).stderr
    wrong = call(checkpoint, "France", "--answer", "Paris", "--top", "0", exit_code=2)
    assert "--top" in wrong.stderr


def test_a_mistake_shows_no_traceback(tmp_path):
    command = [sys.executable, "-m", "qloc", "inspect", "nowhere", "France is", "--answer", "Paris"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("Error: There is no folder or file nowhere.")
    assert "Traceback" not in run.stderr


def test_json_is_all_fields_and_alone_on_stdout(checkpoint, call, model):
    arguments = (checkpoint, PROMPTS[0], "--answer", "Paris", "--also", PROMPTS[1], "--json")
    result = call(*arguments, "--top", "3", "--threads", "1")
    found = json.loads(result.stdout)
    again = inspect(model, PROMPTS[:2], "Paris", settings_with(top=3))
    assert found == json.loads(again.as_json())
    assert [len(prompt["top_neurons"]) for prompt in found["prompts"]] == [3, 3]
    assert "Next: " in result.stderr


def test_the_text_is_plain_and_fits_a_terminal(checkpoint, call):
    result = call(checkpoint, *PROMPTS[:1], "--also", PROMPTS[2], "--answer", "Paris")
    path, rest = re.split(r":\s", result.stdout, maxsplit=1)  # a long path has its line to itself
    assert path == str(checkpoint)
    assert max(map(len, rest.splitlines())) <= 80
    assert "\x1b" not in result.stdout
    assert result.stdout.isascii()
    assert "Consistency score of the 2 prompts: 0." in result.stdout


def test_the_text_says_what_the_model_says_instead_and_what_did_not_settle(model):
    found = inspect(model, PROMPTS, "Paris")
    wrong = next(prompt for prompt in found.prompts if prompt.answer_rank > 1)
    assert f'the model says "{wrong.said}"' in " ".join(str(found).split())
    assert "did not settle" not in str(found)
    hasty = inspect(model, PROMPTS, "Paris", settings_with(tolerance=1e-12))
    assert hasty.prompts[0].unsettled_layers == (0, 1, 2)
    assert "did not settle to the tolerance" in " ".join(str(hasty).split())
    fixed = inspect(model, PROMPTS, "Paris", settings_with(quadrature="riemann_right", steps=3))
    assert fixed.prompts[0].unsettled_layers is None
    assert "riemann_right with 3 steps" in " ".join(str(fixed).split())
    assert (fixed.steps, fixed.tolerance) == (3, None)


def test_no_neuron_at_all_can_be_written_down(model):
    found = inspect(model, PROMPTS[:2], "Paris", settings_with(top=1))
    none = replace(
        found.prompts[0],
        knowledge_neurons=(),
        knowledge_neurons_by_layer=(0, 0, 0),
        top_neurons=(findings.ScoredNeuron(0, 0, -0.5, None, 1.0, is_selected=False),),
    )
    shown = str(replace(found, prompts=(none, none)))
    assert "No knowledge neurons" in shown


def test_every_key_is_documented():
    keys = {field.name for part in (Inspection, *_dataclasses()) for field in fields(part)}
    documented = set(re.findall(r"^\| `(\w+)`", PAGE, re.M))
    assert documented == keys


def _dataclasses():
    return [part for part in vars(findings).values() if is_dataclass(part)]


def test_the_examples_of_the_page_run(study, checkpoint, monkeypatch, call, capsys):
    monkeypatch.chdir(study)
    monkeypatch.setattr(opening, "fetch_checkpoint", lambda name, revision: checkpoint)
    commands = re.findall(r"^```bash\n(.*?)```", PAGE, re.M | re.S)
    assert len(commands) >= 3
    for command in commands:
        program, look, *arguments = shlex.split(command.replace("\\\n", " "), comments=True)
        assert (program, look) == ("qloc", "inspect")
        arguments = arguments[: arguments.index(">")] if ">" in arguments else arguments
        assert call(*arguments).stdout
    (python,) = re.findall(r"^```python\n(.*?)```", PAGE, re.M | re.S)
    exec(python, {})
    assert "knowledge neurons" in capsys.readouterr().out


def test_the_help_has_an_example(call):
    assert "qloc inspect results/models/" in call("--help").output
