"""Tiny models of every supported architecture, and what the book says of them."""

import copy
import functools

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from torch.overrides import TorchFunctionMode
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

from qloc.models.architectures import ARCHITECTURES
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery

N_VOCABULARY = 61
SIZES = {
    "vocab_size": N_VOCABULARY,
    "hidden_size": 24,
    "intermediate_size": 40,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 6,
    "max_position_embeddings": 32,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
ALTERNATING = ["sliding_attention", "full_attention", "sliding_attention"]
WINDOWS = {"sliding_window": 4, "layer_types": ALTERNATING}
OTHER_SIZES = {
    "cohere2": WINDOWS,
    "exaone4": WINDOWS,
    "gemma2": {**WINDOWS, "query_pre_attn_scalar": 9},
    "gemma3_text": {**WINDOWS, "query_pre_attn_scalar": 9},
    "gpt2": {"n_inner": 40},
    "gpt_neo": {
        "num_layers": 3,
        "attention_types": [[["local", "global", "local"], 1]],
        "window_size": 4,
    },
    "gptj": {"n_inner": 40, "rotary_dim": 4},
    "granite": {
        "embedding_multiplier": 2.0,
        "attention_multiplier": 0.3,
        "residual_multiplier": 0.7,
        "logits_scaling": 3.0,
        "mlp_bias": True,
    },
    "ministral": WINDOWS,
    "mistral": {"sliding_window": 4},
    "olmo3": WINDOWS,
    "phi": {"partial_rotary_factor": 0.67},
    "phi3": {"sliding_window": 4},
    "qwen2": {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1},
    "qwen3": {"use_sliding_window": True, "sliding_window": 4, "max_window_layers": 1},
    "starcoder2": {"sliding_window": 4},
}


# Other forms of some architectures: what their checkpoints may say in config.json.
VARIANTS = {
    "cohere": {"normalised queries": {"use_qk_norm": True}},
    "gemma2": {"no soft cap": {"final_logit_softcapping": None, "attn_logit_softcapping": None}},
    "gemma3_text": {
        "soft caps": {"final_logit_softcapping": 5.0, "attn_logit_softcapping": 7.0},
        "not causal": {"use_bidirectional_attention": True},
    },
    "gpt2": {
        "scaled by layer": {
            "scale_attn_by_inverse_layer_idx": True,
            "reorder_and_upcast_attn": True,
        },
        "head of its own": {"tie_word_embeddings": False},
    },
    "gpt_neox": {"attention before neurons": {"use_parallel_residual": False}},
    "granite": {"other biases": {"attention_bias": True, "mlp_bias": False}},
    "llama": {
        "biases, one embedding": {
            "attention_bias": True,
            "mlp_bias": True,
            "tie_word_embeddings": True,
        },
        "stretched rotations": {
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 1e4,
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 16,
            }
        },
    },
    "mistral": {"no window": {"sliding_window": None}},
    "olmo": {"clipped queries": {"clip_qkv": 0.5}},
    "phi": {"normalised queries": {"qk_layernorm": True}},
    "phi3": {
        "long texts": {
            "original_max_position_embeddings": 16,
            "rope_parameters": {
                "rope_type": "longrope",
                "rope_theta": 1e4,
                "short_factor": [1.0, 1.1, 1.2],
                "long_factor": [2.0, 2.5, 3.0],
                "original_max_position_embeddings": 16,
            },
        }
    },
    "qwen2": {"no window": {"use_sliding_window": False, "tie_word_embeddings": True}},
    "qwen3": {"no window": {"use_sliding_window": False}},
    "smollm3": {"layers without rotation": {"no_rope_layers": [1, 0, 1]}},
    "stablelm": {
        "neurons beside attention": {"use_parallel_residual": True},
        "normalised queries": {"qk_layernorm": True, "use_qkv_bias": True},
    },
    "starcoder2": {"no biases": {"use_bias": False}},
}


class NoTokenizer:
    """The sweep reads tokens; of a tokenizer it needs to know the special ones only."""

    mask_token_id = None
    pad_token_id = 0
    bos_token_id = 1
    eos_token_id = 2
    all_special_ids = (0, 1, 2)

    def encode(self, text, *, add_special_tokens=True):
        raise AssertionError("no text is tokenized in these tests")


class _InDouble(TorchFunctionMode):
    """Keeps double precision where a model casts to float32: in norms, softmax and rotations."""

    CASTS = frozenset({torch.Tensor.float, torch.Tensor.to, torch.nn.functional.softmax})

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if function in self.CASTS and args[0].dtype == torch.float64:
            if function is torch.Tensor.float:
                return args[0]
            args = [torch.float64 if value is torch.float32 else value for value in args]
            if kwargs.get("dtype") is torch.float32:
                kwargs = {**kwargs, "dtype": torch.float64}
        return function(*args, **kwargs)


def _open(module, architecture, dtype):
    """A language model of a module, all of it in double precision if asked for that."""
    module = copy.deepcopy(module).to(dtype).train(False).requires_grad_(False)
    if dtype == torch.float64:
        forward = module.base_model.forward

        def in_double(*inputs, **named):
            with _InDouble():
                return forward(*inputs, **named)

        module.base_model.forward = in_double
    return LanguageModel(module, NoTokenizer(), ARCHITECTURES[architecture], 32)


@functools.cache
def _random_module(architecture, variant=""):
    """Weights larger than usual: answers react strongly to single layers."""
    changes = VARIANTS[architecture][variant] if variant else {}
    sizes = {**SIZES, **OTHER_SIZES.get(architecture, {}), **changes}
    config = AutoConfig.for_model(architecture, **sizes)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        module = AutoModelForCausalLM.from_config(config, dtype=torch.float64)
        for weight in module.parameters():
            scale = 0.3 if weight.ndim > 1 else 0.1
            weight.data += scale * torch.randn_like(weight)
    return module


@functools.cache
def _trained_module(architecture):
    """Learns the answers of the mixed queries by heart; from weights of half the size."""
    module = copy.deepcopy(_random_module(architecture)).float().train()
    for weight in module.parameters():
        weight.data *= 0.5 if weight.ndim > 1 else 1.0
    optimizer = torch.optim.AdamW(module.parameters(), lr=3e-3)
    queries = _mixed_queries()
    for _ in range(60):
        loss = torch.zeros(())
        for query in queries:
            text = torch.tensor([[*query.prompt_tokens, *query.answer_tokens[:-1]]])
            logits = module(text).logits[0, len(query.prompt_tokens) - 1 :]
            answer = torch.tensor(query.answer_tokens)
            loss = loss + torch.nn.functional.cross_entropy(logits, answer)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return module


def _mixed_queries():
    generator = torch.Generator().manual_seed(3)
    prompts = torch.randint(3, N_VOCABULARY, (6, 12), generator=generator).tolist()
    answers = torch.randint(3, N_VOCABULARY, (6, 3), generator=generator).tolist()
    lengths = [(5, 1), (1, 3), (9, 2), (3, 2), (5, 1), (11, 3)]
    return [
        EncodedQuery(tuple(prompt[:n_prompt]), tuple(answer[:n_answer]), None)
        for prompt, answer, (n_prompt, n_answer) in zip(prompts, answers, lengths, strict=True)
    ]


@pytest.fixture(scope="session")
def random_model():
    """Makes a random model of an architecture in a dtype; of a variant, by its name."""

    def run(architecture, dtype, variant=""):
        return _open(_random_module(architecture, variant), architecture, dtype)

    return run


@pytest.fixture(scope="session")
def trained_model():
    """Makes a model that knows the answers of the mixed queries."""
    return lambda architecture, dtype: _open(_trained_module(architecture), architecture, dtype)


@pytest.fixture(scope="session")
def mixed_queries():
    """Queries of mixed lengths, one of a single token; answers of one to three tokens."""
    return _mixed_queries()


@pytest.fixture(scope="session")
def naive_answer():
    """P(answer) and its gradient by one full run, a layer's neurons at the last token given."""

    def run(model, query, layer, neurons):
        neurons = neurons.detach().requires_grad_()

        def replace(_module, inputs):
            values = inputs[0].clone()
            values[0, -1] = neurons
            return (values,)

        handle = model.down_projections[layer].register_forward_pre_hook(replace)
        try:
            logits = model.module(torch.tensor([query.prompt_tokens])).logits[0, -1]
        finally:
            handle.remove()
        probability = torch.softmax(logits, 0)[query.answer_token]
        return probability.detach(), torch.autograd.grad(probability, neurons)[0]

    return run


@pytest.fixture(scope="session")
def naive_activations():
    """What a layer's neurons do at the last token of one prompt."""

    def run(model, query, layer):
        seen = []
        handle = model.down_projections[layer].register_forward_pre_hook(
            lambda _module, inputs: seen.append(inputs[0][0, -1])
        )
        try:
            with torch.no_grad():
                model.module(torch.tensor([query.prompt_tokens]))
        finally:
            handle.remove()
        return seen[0]

    return run


@pytest.fixture(scope="session")
def naive_scores(naive_answer, naive_activations):
    """Integrated gradients by the book: a full run per layer and point."""

    def run(model, query, points, weights):
        rows = []
        for layer in range(model.n_layers):
            activations = naive_activations(model, query, layer)
            total = torch.zeros_like(activations)
            for point, weight in zip(points, weights, strict=True):
                _, gradient = naive_answer(model, query, layer, point * activations)
                total += weight * gradient
            rows.append(activations * total)
        return torch.stack(rows)

    return run


@pytest.fixture
def save_checkpoint(tmp_path):
    """Saves a random model of an architecture, with a tokenizer of whole words, in a folder."""

    def save(architecture, dtype=torch.float32, folder="checkpoint"):
        path = tmp_path / folder
        module = copy.deepcopy(_random_module(architecture)).to(dtype)
        module.save_pretrained(path)
        words = {f"word{number}": number for number in range(N_VOCABULARY)}
        tokenizer = Tokenizer(models.WordLevel(words, unk_token="word0"))
        tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        tokenizer.post_processor = processors.TemplateProcessing(
            single="word1 $A", special_tokens=[("word1", 1)]
        )
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, bos_token="word1", eos_token="word2"
        ).save_pretrained(path)
        return path

    return save
