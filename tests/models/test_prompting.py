"""Where an answer starts, under tokenizers that treat it well and badly."""

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from qloc.models.prompting import encode_query

WORDS = {"<s>": 0, "</s>": 1, "Oslo": 2, "lies": 3, "in": 4, "Norway": 5, "New": 6, "York": 7}


def _tokenizer(template):
    """One token a word, framed as the template says."""
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="<s>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=template, special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>")


def test_the_prompt_keeps_its_opening_token_and_the_answer_has_none():
    query = encode_query(_tokenizer("<s> $A"), "Oslo lies in", "New York", 9)
    assert query.prompt_tokens == (0, 2, 3, 4)
    assert query.answer_tokens == (6, 7)
    assert query.answer_token == 6
    assert query.counted_tokens("first") == (6,)
    assert query.counted_tokens("mean_tokens") == query.counted_tokens("joint") == (6, 7)
    assert query.problem is None


def test_an_end_that_the_tokenizer_appends_belongs_to_neither():
    query = encode_query(_tokenizer("<s> $A </s>"), "Oslo lies in", "Norway", 9)
    assert query.prompt_tokens == (0, 2, 3, 4)
    assert query.answer_tokens == (5,)


def test_an_end_token_that_opens_every_text_is_kept():
    query = encode_query(_tokenizer("</s> $A"), "Oslo", "Norway", 9)
    assert query.prompt_tokens == (1, 2)
    assert query.answer_tokens == (5,)


def test_an_answer_that_changes_the_tokens_of_its_prompt_is_a_boundary_problem():
    tokenizer = Tokenizer(
        models.BPE(
            {"a": 0, "b": 1, " ": 2, "a ": 3, "a b": 4, "c": 5},
            [("a", " "), ("a ", "b")],
        )
    )
    merging = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="c")
    assert merging.encode("a b") == [4]
    query = encode_query(merging, "a", "b", 9)
    assert query.problem == "token_boundary"
    assert query.prompt_tokens == (0,)
    assert query.answer_tokens == ()


def test_an_answer_without_tokens_is_a_boundary_problem():
    assert encode_query(_tokenizer("<s> $A"), "Oslo lies in", "", 9).problem == "token_boundary"


@pytest.mark.parametrize(("context_length", "problem"), [(6, None), (5, "too_long")])
def test_prompt_and_answer_together_must_fit_the_context(context_length, problem):
    query = encode_query(_tokenizer("<s> $A"), "Oslo lies in", "New York", context_length)
    assert len(query.prompt_tokens) + len(query.answer_tokens) == 6
    assert query.problem == problem
