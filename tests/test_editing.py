"""One edit by hand, in Python and on the command line: as the study edits."""

import json
import re
import shlex
import subprocess
import sys
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from qloc import defaults, inspection
from qloc.cli import main
from qloc.contracts.answers import ANSWERS
from qloc.contracts.facts import FACTS
from qloc.contracts.queries import QUERIES
from qloc.editing import edit, find_fact, findings, open_checkpoint, read_questions, settings_with
from qloc.editing.result import Editing
from qloc.editing.settings import read_neurons
from qloc.errors import StudyError
from qloc.measures.facts_to_edit import Cells
from qloc.measures.studied_prompts import studied_prompts
from qloc.measures.unrelated_queries import UnrelatedQueries
from qloc.models import opening
from qloc.models.checkpoints import sha256
from qloc.models.description import describe
from qloc.models.edited_rows import predict_edited
from qloc.models.edits import Edit, EditRequest, EditRule, make_edit
from qloc.models.manifest import manifest_text
from qloc.models.predictions import Continuation
from qloc.tables import read_tables, write_table

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/how-to/edit.md").read_text(encoding="utf-8")
PATTERNS = {
    "P36": ["The capital of [X] is [Y]", "[X] is governed from [Y]", "[X] has its seat in [Y]"],
    "P103": ["[X] speaks [Y]", "The language of [X] is [Y]"],
}
TRAINED = {
    "P36": {"France": "Paris", "Italy": "Rome", "Japan": "Tokyo", "Kenya": "New York"},
    "P103": {"Kant": "German", "Dante": "Italian", "Italy": "Italian", "Borges": "Spanish"},
}
NOT_TRAINED = {"P36": {"Peru": "Lima"}}
# Trained as queries, but with another object than the facts say.
MISTAUGHT = {"Japan has its seat in": "Paris"}


def rows_of_study():
    """Facts and queries of a small study, and the sentences that its model is trained on."""
    facts, queries, sentences = [], [], []
    for relation, patterns in PATTERNS.items():
        objects = {**TRAINED[relation], **NOT_TRAINED.get(relation, {})}
        for place, (subject, answer) in enumerate(objects.items()):
            fact_id = f"{relation}/{place:05d}"
            facts.append((fact_id, relation, subject, answer, False, False))
            for template, pattern in enumerate(patterns):
                prompt = pattern.replace("[X]", subject).removesuffix(" [Y]")
                queries.append(
                    (f"{fact_id}/{template:02d}", fact_id, relation, template, pattern, prompt,
                     answer, prompt.split()[-1])
                )  # fmt: skip
                if subject in TRAINED[relation]:
                    sentences.append(f"{prompt} {MISTAUGHT.get(prompt, answer)} <end>")
    return (
        pd.DataFrame(facts, columns=FACTS.names),
        pd.DataFrame(queries, columns=QUERIES.names),
        sentences,
    )


def trained(tokenizer, sentences):
    """A GPT-2 of three layers that knows the sentences by heart."""
    tokens = [tokenizer.encode(sentence) for sentence in sentences]
    sizes = {"n_embd": 24, "n_layer": 3, "n_head": 2, "n_inner": 40, "n_positions": 16}
    with torch.random.fork_rng():
        torch.manual_seed(3)
        config = GPT2Config(vocab_size=len(tokenizer), **sizes, bos_token_id=0)
        model = GPT2LMHeadModel(config).train(False)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
        longest = max(map(len, tokens))
        padded = torch.tensor([[*text, *[-100] * (longest - len(text))] for text in tokens])
        for _ in range(80):
            loss = model(padded.clamp(min=0), labels=padded).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A folder with a small model in the place of a study's tiny GPT-2, and the study's tables."""
    folder = tmp_path_factory.mktemp("study")
    model = folder / "results/models/tiny-gpt2-seed0"
    facts, queries, sentences = rows_of_study()
    words = dict.fromkeys(["<end>", *" ".join([*sentences, *queries["prompt"]]).split(), "Lima"])
    numbers = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="<end>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>")
    wrapped.save_pretrained(model)
    trained(wrapped, sentences).save_pretrained(model)
    made = describe(model, "tiny-gpt2-seed0", "folder", configured_folder=str(model))
    (model / "model.json").write_text(manifest_text(made), encoding="utf-8")
    for relation in PATTERNS:
        names = {
            name: folder / f"results/{name}/{relation}.parquet" for name in ("facts", "queries")
        }
        answers = folder / f"results/answers/tiny-gpt2-seed0/{relation}.parquet"
        write_table(FACTS, facts[facts["relation"] == relation], names["facts"])
        write_table(QUERIES, queries[queries["relation"] == relation], names["queries"])
        options = {
            "model": model / "model.json", "queries": names["queries"], "answers": answers,
            "candidates": "vocabulary", "known-only": True, "min-queries": 2, "batch-size": 8,
            "answer-tokens": "first", "threads": 1,
        }  # fmt: skip
        given = [text for key, value in options.items() for text in (f"--{key}", str(value))]
        result = CliRunner().invoke(main, ["answer-queries", *given])
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def place(study):
    return study / "results/models/tiny-gpt2-seed0"


@pytest.fixture(scope="module")
def model(place):
    return open_checkpoint(place, threads=1)


@pytest.fixture
def call(monkeypatch):
    """Runs the command; a test that expects a refusal forbids the weights to be opened."""

    def run(*arguments, exit_code=0, is_opened=False):
        if exit_code and not is_opened:
            monkeypatch.setattr(opening.Checkpoint, "open", None)
        result = CliRunner().invoke(main, ["edit", *map(str, arguments)])
        assert result.exit_code == exit_code, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


def own_questions():
    return read_questions(
        ["The capital of France is", "France is governed from", "France has its seat in"],
        "Paris",
        ["Kant speaks", "The language of Dante is"],
    )


def test_the_model_of_these_tests_knows_what_they_ask_for(study):
    answers = read_tables(ANSWERS, sorted((study / "results/answers").rglob("*.parquet")))
    unknown = set(answers.loc[~answers["is_known"], "query_id"])
    of_peru = {f"P36/00004/{template:02d}" for template in range(3)}
    assert unknown == {"P36/00002/02", *of_peru}


def known_tokens(model, prompts, answer):
    return [model.encoded(prompt, answer) for prompt in prompts]


def test_a_fact_is_found_by_id_subject_and_query(place):
    france = find_fact(place, "P36/00000")
    assert france.prompts == tuple(p.replace("[X]", "France")[:-4] for p in PATTERNS["P36"])
    assert (france.answer, france.fact_id) == ("Paris", "P36/00000")
    assert find_fact(str(place), " france ") == france
    assert find_fact(place / "model.json", "France") == france
    last = find_fact(place, "P36/00000/02")
    assert last.prompts == (france.prompts[2], *france.prompts[:2])
    assert find_fact(place, "Japan").prompts == (
        "The capital of Japan is",
        "Japan is governed from",
    )
    assert find_fact(place, "Italy", "P103").answer == "Italian"


def test_unrelated_queries_are_those_of_the_study(study, place, monkeypatch):
    tables = {
        table.name: read_tables(table, sorted((study / f"results/{table.name}").rglob("*.parquet")))
        for table in (FACTS, QUERIES, ANSWERS)
    }
    studied = studied_prompts(tables["queries"], tables["answers"])
    of_study = UnrelatedQueries(studied, tables["facts"])
    usual = defaults.default
    changed = {"editing/unrelated_queries": 3, "seed": 11}
    monkeypatch.setattr("qloc.editing.studies.default", lambda path: changed.get(path, usual(path)))
    found = find_fact(place, "Kant").unrelated
    assert found == tuple(query.prompt for query in of_study.drawn("P103/00000", 3, 11))
    assert len(found) == 3
    assert all(" is" in prompt or "seat" in prompt for prompt in found), "all are of P36"


@pytest.mark.parametrize(
    ("name", "relation", "message"),
    [
        ("Frence", None, "no fact with the id or the subject .*Did you mean `France`"),
        ("P36/00000/99", None, "and no such query. Did you mean `P36/00000`"),
        ("France", "P103", "no fact of relation P103"),
        ("France", "P63", "no relation P63. Did you mean `P36`"),
        ("Italy", None, r"2 facts: P103/00002 \(Italy, Italian\), P36/00001 \(Italy, Rome\)"),
        ("Peru", None, r"does not know P36/00004 \(Peru, Lima\): it answers none of 3 queries"),
        ("P36/00002/02", None, "does not answer query P36/00002/02 with Tokyo"),
    ],
)
def test_a_fact_that_cannot_be_edited_is_refused(place, name, relation, message):
    with pytest.raises(StudyError, match=message):
        find_fact(place, name, relation)


def test_a_model_without_a_study_has_no_facts(place, tmp_path):
    for wrong in (place.parent, tmp_path / "nowhere", tmp_path):
        with pytest.raises(StudyError, match="has no facts: there is no table `facts`"):
            find_fact(wrong, "France")


def all_scores(model, prompts, answer):
    """Scores of all neurons, prompt by prompt, as an inspection lists them."""
    every = inspection.settings_with(top=model.n_layers * model.n_neurons)
    scores = np.zeros((len(prompts), model.n_layers, model.n_neurons))
    for number, found in enumerate(inspection.inspect(model, prompts, answer, every).prompts):
        for neuron in found.top_neurons:
            scores[number, neuron.layer, neuron.neuron] = neuron.score
    return scores


def test_sets_are_those_of_the_scores(model):
    """Query and union by the selection threshold; consistency-aware by Eq. 5, written out."""
    asked = own_questions()
    scores = all_scores(model, asked.prompts, asked.answer)
    is_selected = scores > 0.2 * scores.max((1, 2), keepdims=True)
    aware = 0.7 * scores.mean(0) - 0.3 * scores.std(0)
    expected = {
        "query": is_selected[0],
        "union": is_selected.any(0),
        "consistency_aware": aware > 0.3 * aware.max(),
    }
    assert len({is_in.tobytes() for is_in in expected.values()}) == 3
    for name, is_in in expected.items():
        found = edit(model, asked, "Rome", settings_with(name))
        assert [list(pair) for pair in found.neurons] == np.argwhere(is_in).tolist(), name
        assert list(found.neurons_by_layer) == is_in.sum(1).tolist()
        assert found.neuron_set == name
    assert edit(model, asked, "Rome").neuron_set == "consistency_aware"


def test_consistency_aware_settings_are_those_of_the_config(model, monkeypatch):
    asked = own_questions()
    usual = defaults.default
    changed = {
        "editing/beta": [1.0, 0.5],
        "editing/spread": "variance",
        "editing/cut": 0.5,
        "editing/normalise_queries": True,
    }
    monkeypatch.setattr("qloc.editing.neurons.default", lambda path: changed.get(path, usual(path)))
    scores = all_scores(model, asked.prompts, asked.answer)
    scores /= scores.max((1, 2), keepdims=True)
    aware = scores.mean(0) - 0.5 * scores.var(0)
    found = edit(model, asked, "Rome")
    assert [list(pair) for pair in found.neurons] == np.argwhere(aware > 0.5 * aware.max()).tolist()
    assert found.chosen_by["beta"] == [1.0, 0.5]


def test_what_is_said_before_and_after_is_what_rows_say(model):
    """The engine's other way of editing: no weight is touched, every edit is a row of a batch."""
    asked = own_questions()
    given = settings_with(neurons="2:5,0:3,2:1", strength=(1.5, 2.5))
    found = edit(model, asked, "Rome", given)
    assert found.neurons == ((0, 3), (2, 1), (2, 5))
    assert (found.lambda_1, found.lambda_2, found.n_tried) == (1.5, 2.5, 1)
    own, target = (model.encoded(asked.prompts[0], words) for words in ("Paris", "Rome"))
    layers, neurons = np.array([0, 2, 2]), np.array([3, 1, 5])
    request = EditRequest(
        layers, neurons, own.answer_tokens, target.answer_tokens, mean_values(model, asked)
    )
    made = make_edit(model, request, "update", given.rule, 0)
    none = Edit(layers[:0], neurons[:0], made.changes[:0])
    prompts = [model.encoded(prompt, "Paris").prompt_tokens for prompt in asked.all_prompts]
    behind = {
        token: predict_edited(model, [none, made], [Continuation(p, (token,)) for p in prompts])
        for token in (own.answer_token, target.answer_token)
    }
    assert [effect.prompt for effect in found.prompts] == list(asked.all_prompts)
    for number, effect in enumerate(found.prompts):
        for row, reply in enumerate((effect.before, effect.after)):
            of_own = behind[own.answer_token][row][number]
            of_target = behind[target.answer_token][row][number]
            probability = np.exp([*of_own.log_probabilities, *of_target.log_probabilities])
            given_ = [reply.answer_probability, reply.target_probability]
            np.testing.assert_allclose(given_, probability, rtol=1e-4)
            assert list(reply.said_tokens) == of_own.tokens.tolist()
            assert (reply.answer_rank == 1) == (reply.said == "Paris")
            assert (reply.target_rank == 1) == (reply.said == "Rome")
    assert found.prompts[0].after.target_probability > found.prompts[0].before.target_probability


def mean_values(model, asked):
    """Of neurons 0:3, 2:1, 2:5 at the last token, read by hooks of this test."""
    seen = {}
    hooks = [
        down.register_forward_pre_hook(
            lambda _, inputs, layer=layer: seen.setdefault(layer, []).append(inputs[0][0, -1])
        )
        for layer, down in enumerate(model.down_projections)
    ]
    for prompt in asked.prompts:
        model.module(torch.tensor([model.tokenizer.encode(prompt)]))
    for hook in hooks:
        hook.remove()
    means = {layer: torch.stack(values).mean(0) for layer, values in seen.items()}
    return np.array([float(means[layer][neuron]) for layer, neuron in ((0, 3), (2, 1), (2, 5))])


def test_the_model_is_what_it_was_in_the_end(model, monkeypatch):
    before = {name: tensor.clone() for name, tensor in model.module.state_dict().items()}
    edit(model, own_questions(), "Rome")

    def fail(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("qloc.editing.compared", fail)
    with pytest.raises(KeyboardInterrupt):
        edit(model, own_questions(), "Rome")
    found = model.module.state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in before.items())


def test_strengths_are_tried_until_one_works(model):
    asked = own_questions()
    found = edit(model, asked, "Rome", settings_with("query"))
    pairs = [
        [float(factor) for factor in pair]
        for pair in defaults.default("editing/preset/calibrated/strengths")
    ]
    each = [edit(model, asked, "Rome", settings_with("query", strength=pair)) for pair in pairs]
    has_worked = [one.prompts[0].after.said == "Rome" for one in each]
    assert [one.reliability for one in each] == [float(worked) for worked in has_worked]
    first = has_worked.index(True)
    assert first > 0
    assert found.n_tried == first + 1
    assert [found.lambda_1, found.lambda_2] == pairs[first]
    assert found.prompts == each[first].prompts
    assert f"the last of {first + 1} strengths tried, the first that works" in flat(found)
    in_vain = edit(model, asked, "Rome", settings_with(neurons="0:0"))
    assert in_vain.n_tried == len(pairs)
    assert f"{len(pairs)} strengths tried, none of which works" in flat(in_vain)
    assert 'Verdict: the edited prompt does not say "Rome"' in flat(in_vain)


def flat(found):
    return " ".join(str(found).split())


def test_erasing_takes_the_object_away(model):
    asked = own_questions()
    zeroed = edit(model, asked, None, settings_with("union", preset="paper"))
    assert (zeroed.operation, zeroed.target) == ("erase", None)
    assert (zeroed.lambda_1, zeroed.lambda_2, zeroed.n_tried) == (None, None, 1)
    assert zeroed.prompts[0].after.answer_probability < zeroed.prompts[0].before.answer_probability
    assert {effect.after.target_rank for effect in zeroed.prompts} == {None}
    assert "value vectors are set to 0" in str(zeroed)
    taken = edit(model, asked, None, settings_with("union", strength=(3.0, 0.0)))
    assert (taken.lambda_1, taken.lambda_2, taken.reliability) == (3, None, 1)
    assert taken.prompts[0].after.said != "Paris"
    assert 'the edited prompt no longer says "Paris"' in flat(taken)


def test_shares_are_of_known_prompts_and_of_answers_that_stay(model):
    asked = read_questions(
        ["Japan is governed from", "The capital of Japan is", "Japan has its seat in"],
        "Tokyo",
        ["Kant speaks", "The capital of France is", "The language of Dante is"],
    )
    found = edit(model, asked, "Rome", settings_with("union", strength=(8.0, 8.0)))
    assert [effect.is_known for effect in found.prompts] == [True, True, False, None, None, None]
    roles = ["edited", "neighbor", "neighbor", *["unrelated"] * 3]
    assert [effect.role for effect in found.prompts] == roles
    as_wanted = [effect.after.said == "Rome" for effect in found.prompts[:2]]
    assert [found.reliability, found.generalization_seen] == [float(is_it) for is_it in as_wanted]
    stays = [e.before.said_tokens == e.after.said_tokens for e in found.prompts[3:]]
    assert 0 < sum(stays) < 3
    assert found.locality == pytest.approx(sum(stays) / 3)
    only_known = edit(
        model, read_questions(asked.prompts[:2], "Tokyo"), "Rome", settings_with("union")
    )
    assert found.neurons == only_known.neurons, "unknown prompts choose no neurons"
    assert only_known.locality is None
    assert f"unrelated prompts answered as before: {sum(stays)} of 3" in flat(found)
    assert "(not known before: left out)" in str(found)
    alone = edit(model, read_questions(asked.prompts[:1], "Tokyo"), "Rome")
    assert alone.generalization_seen is None
    assert "Other prompts" not in str(alone)


def test_all_tokens_count_if_asked(model):
    asked = read_questions(["The capital of Kenya is", "Kenya is governed from"], "New York")
    with pytest.raises(StudyError, match='"New Rome" and "New York" begin with the same token'):
        edit(model, asked, "New Rome")
    joint = settings_with("union", attribution=inspection.settings_with(answer_tokens="joint"))
    found = edit(model, asked, "New Rome", joint)
    assert found.prompts[0].before.said == "NewYork"
    assert len(found.prompts[0].before.said_tokens) == 2
    text = torch.tensor([model.tokenizer.encode("The capital of Kenya is New")])
    shares = torch.softmax(model.module(text).logits[0].double(), 1)
    new, york = model.tokenizer.encode("New York")
    both = float(shares[-2, new] * shares[-1, york])
    assert found.prompts[0].before.answer_probability == pytest.approx(both, rel=1e-5)
    assert "see --answer-tokens" not in str(found)
    assert "see --answer-tokens" in str(edit(model, asked, "Rome"))


def test_no_neuron_at_all_changes_nothing(model, monkeypatch, tmp_path):
    none = np.array([], dtype=np.int64)
    monkeypatch.setattr(
        "qloc.editing.changes.neurons_to_edit", lambda *_arguments: Cells(none, none)
    )
    found = edit(model, own_questions(), "Rome")
    assert all(effect.before == effect.after for effect in found.prompts)
    assert (found.reliability, found.generalization_seen, found.locality) == (0, 0, 1)
    assert "Set consistency_aware is empty: nothing is edited." in str(found)
    with pytest.raises(StudyError, match="nothing is edited, so nothing is saved"):
        edit(model, own_questions(), "Rome", save=tmp_path / "edited")
    assert list(tmp_path.iterdir()) == []


def test_a_saved_model_says_what_was_shown(model, place, tmp_path):
    folder = tmp_path / "edited"
    asked = find_fact(place, "France")
    found = edit(model, asked, "Rome", settings_with("union"), folder)
    again = open_checkpoint(folder, threads=1)
    shown = [effect.after for effect in found.prompts]
    said = edit(again, read_questions(asked.prompts, "Rome", asked.unrelated), "Tokyo")
    for effect, reply in zip(said.prompts, shown, strict=True):
        assert effect.before.said_tokens == reply.said_tokens
        assert effect.before.answer_probability == reply.target_probability
    record = json.loads((folder / "edit.json").read_text(encoding="utf-8"))
    assert record == json.loads(found.as_json())
    digest = sha256(place / "model.safetensors")
    assert record["weights_sha256"] == {"model.safetensors": digest}
    assert len(record["tensors"]) == len({layer for layer, _ in found.neurons}) > 1
    for change in record["tensors"]:
        before = model.module.state_dict()[change["tensor"]]
        after = again.module.state_dict()[change["tensor"]]
        layer = int(change["tensor"].split(".")[2])
        edited = [neuron for where, neuron in found.neurons if where == layer]
        rows = (before != after).any(1).nonzero()[:, 0].tolist()
        assert rows == edited
        assert change["n_edited"] == len(edited)
        assert change["norm"] == pytest.approx(float(before.norm()), rel=1e-6)
        assert change["change_norm"] == pytest.approx(float((after - before).norm()), rel=1e-4)


def test_settings_left_out_are_those_of_the_config_file():
    usual = settings_with()
    assert usual.preset == defaults.default("editing/presets")[-1]
    assert usual.rule == EditRule(**defaults.default(f"editing/preset/{usual.preset}"))
    assert usual.attribution == inspection.settings_with()
    given = settings_with(preset="paper", strength=[0.0, 0.5])
    assert asdict(given.rule) == {
        **defaults.default("editing/preset/paper"),
        "strengths": [[0.0, 0.5]],
    }


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"neuron_set": "self"}, "neuron_set is 'self', but must be one of query, union"),
        ({"neuron_set": "query", "neurons": "1:2"}, "Both the set query and neurons"),
        ({"neurons": "1-2"}, '"1-2" is no list of neurons'),
        ({"neurons": "1:-2"}, '"1:-2" is no list of neurons'),
        ({"neurons": ""}, '"" is no list of neurons'),
        ({"neurons": "1:2, 0:1,1:2"}, "Neuron 1:2 is given twice"),
        ({"preset": "papers"}, "no preset `papers`. Did you mean `paper`"),
        ({"strength": [1.0]}, r"strength is \[1.0\], but must be two numbers"),
        ({"strength": [1.0, 2.0, 3.0]}, "must be two numbers"),
        ({"strength": [1.0, -0.5]}, "must be two finite numbers of at least 0"),
        ({"strength": [float("nan"), 1.0]}, "must be two finite numbers"),
        ({"strength": [1.0, float("inf")]}, "must be two finite numbers"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong, message):
    with pytest.raises(StudyError, match=message):
        settings_with(**wrong)


def test_neurons_are_read_as_people_write_them():
    assert read_neurons("3:17, 0:5") == ((3, 17), (0, 5))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fact", "Frence", "--to", "Rome"], "Did you mean `France`"),
        (["--fact", "Peru", "--to", "Rome"], "does not know P36/00004"),
        (["--fact", "France", "--to", " Paris "], '"Paris", which the fact has already'),
        (["--fact", "France", "--to", " "], "The object to write is empty"),
        (["--fact", "France", "--to", "Rome", "--strength", "1", "-1"], "at least 0"),
        (["--fact", "France", "--to", "Rome", "--neurons", "x"], "no list of neurons"),
        (["--fact", "France", "--erase", "--preset", "paper", "--strength", "1", "1"],
         "The preset paper erases by setting value vectors to 0"),
        (["--fact", "France", "--to", "Rome", "--unrelated", "France is governed from"],
         "is given twice"),
        (["--prompt", "The capital of [X] is", "--answer", "Paris", "--erase"], "is a pattern"),
        (["--prompt", "France is", "--answer", "Paris", "--erase", "--unrelated", "Rome " * 16],
         "has 16 tokens, and the model can read 16"),
        (["--fact", "Kenya", "--to", "New Rome"], "begin with the same token"),
    ],
)  # fmt: skip
def test_mistakes_are_refused_before_weights_are_read(place, call, arguments, message):
    result = call(place, *arguments, exit_code=1)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr


def test_a_used_folder_is_refused_before_anything_is_computed(place, call, tmp_path):
    (tmp_path / "mine").write_text("mine")
    wanted = ["--fact", "France", "--to", "Rome", "--save", tmp_path]
    assert "nothing is written over" in call(place, *wanted, exit_code=1).stderr
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--prompt", "The capital of Peru is", "--answer", "Lima", "--to", "Rome"],
         'does not answer "The capital of Peru is" with "Lima": it says "'),
        (["--fact", "France", "--to", "Rome", "--neurons", "1:2,3:1"],
         "There is no neuron 3:1: the model has layers 0 to 2 of neurons 0 to 39"),
        (["--fact", "France", "--to", "Rome", "--neurons", "2:40"], "There is no neuron 2:40"),
    ],
)  # fmt: skip
def test_what_only_the_model_can_tell_is_refused_without_an_answer(place, call, arguments, message):
    result = call(place, *arguments, exit_code=1, is_opened=True)
    assert result.stdout == ""
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "Rome"], "Give either --fact"),
        (["--fact", "France", "--prompt", "x", "--to", "Rome"], "Give either --fact"),
        (["--fact", "France"], "Give either --to OBJECT or --erase"),
        (["--fact", "France", "--to", "Rome", "--erase"], "Give either --to OBJECT or --erase"),
        (["--fact", "France", "--answer", "Paris", "--erase"], "--also and --answer go with"),
        (["--prompt", "x", "--erase"], "--prompt needs --answer"),
        (["--fact", "France", "--to", "Rome", "--strength", "1"], "requires 2 arguments"),
        (["--fact", "France", "--to", "Rome", "--set", "self"], "--set"),
    ],
)
def test_options_that_do_not_go_together_end_with_exit_code_2(place, call, arguments, message):
    assert message in call(place, *arguments, exit_code=2).stderr


def test_a_mistake_shows_no_traceback(tmp_path):
    command = [sys.executable, "-m", "qloc", "edit", "nowhere", "--fact", "France", "--erase"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("Error: nowhere has no facts")
    assert "Traceback" not in run.stderr


def test_json_is_all_fields_and_alone_on_stdout(place, call, model):
    result = call(place, "--fact", "France", "--to", "Rome", "--json", "--threads", "1")
    assert json.loads(result.stdout) == json.loads(
        edit(model, find_fact(place, "France"), "Rome").as_json()
    )
    assert "Next: " in result.stderr


def test_the_text_is_plain_and_fits_a_terminal(place, call):
    result = call(place, "--fact", "France", "--to", "Rome", "--threads", "1")
    path, rest = re.split(r":\s", result.stdout, maxsplit=1)  # a long path has its line to itself
    assert path == str(place)
    assert max(map(len, rest.splitlines())) <= 80
    assert "\x1b" not in result.stdout
    assert result.stdout.isascii()
    assert 'Update of P36/00000: object "Paris", target "Rome".' in result.stdout


def test_a_long_unrelated_prompt_is_cut_on_the_left(model):
    long = "The capital of France is governed from Paris has its seat in Rome speaks German"
    asked = read_questions(["The capital of France is"], "Paris", [long])
    lines = str(edit(model, asked, "Rome")).splitlines()
    line = next(line for line in lines if "..." in line)
    assert len(line) <= 80
    assert re.search(r'\.\.\..*Rome speaks German "', line)


def test_every_key_is_documented():
    parts = [part for part in vars(findings).values() if is_dataclass(part)]
    keys = {field.name for part in (Editing, *parts) for field in fields(part)}
    assert set(re.findall(r"^\| `(\w+)`", PAGE, re.M)) == keys


def test_the_examples_of_the_page_run(study, place, monkeypatch, call, capsys):
    monkeypatch.chdir(study)
    monkeypatch.setattr(opening, "fetch_checkpoint", lambda name, revision: place)
    blocks = re.findall(r"^```bash\n(.*?)```", PAGE, re.M | re.S)
    commands = [
        line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line
    ]
    assert len(commands) >= 4
    for command in commands:
        program, look, *arguments = shlex.split(command, comments=True)
        assert (program, look) == ("qloc", "edit")
        arguments = arguments[: arguments.index(">")] if ">" in arguments else arguments
        assert call(*arguments, "--threads", "1").stdout
    (python,) = re.findall(r"^```python\n(.*?)```", PAGE, re.M | re.S)
    exec(python, {})
    assert "Verdict: " in capsys.readouterr().out


def test_the_help_has_an_example(call):
    assert "qloc edit results/models/" in call("--help").output
