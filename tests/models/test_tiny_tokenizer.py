"""Tokenizers of tiny models: every object one token, any text written and read back."""

import pytest

from qloc.models.prompting import encode_query
from qloc.models.tiny_tokenizer import train_tokenizer

OBJECTS = ["Ouagadougou", "Reykjavík", "Oslo", "D'Artagnan"]
PROMPTS = [f"The capital of country {n} is" for n in range(9)]
TEXT = ["Ships left the harbour early; nobody knew why.", "It rained for days."]


@pytest.fixture(params=[True, False])
def tokenizer(request):
    return train_tokenizer(PROMPTS, OBJECTS, TEXT, opens_with_end=request.param)


def test_every_object_of_one_word_is_one_token_in_its_query(tokenizer):
    for answer in OBJECTS[:3]:
        query = encode_query(tokenizer, PROMPTS[0], answer, 99)
        assert query.problem is None
        assert len(query.answer_tokens) == 1


def test_any_text_is_read_back_as_it_was_written(tokenizer):
    text = "Łódź & ships, 3 €; <unk> — \n  done"
    tokens = tokenizer.encode(text, add_special_tokens=False)
    assert tokenizer.decode(tokens) == text


def test_the_end_of_text_opens_texts_only_where_it_is_asked_to():
    for opens_with_end in (True, False):
        tokenizer = train_tokenizer(PROMPTS, OBJECTS, TEXT, opens_with_end)
        assert (tokenizer.encode("Oslo")[0] == 0) == opens_with_end
        assert (tokenizer.eos_token_id, tokenizer.pad_token_id) == (0, 0)


def test_the_same_texts_give_the_same_tokenizer():
    made = {
        train_tokenizer(PROMPTS, OBJECTS, TEXT, False).backend_tokenizer.to_str() for _ in range(3)
    }
    assert len(made) == 1
