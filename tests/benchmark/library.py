"""The public library `knowledge-neurons` 0.0.2 (EleutherAI), made to do the same work.

It runs unmodified with transformers 5. What is set from outside:

- where it attributes: by itself it takes what goes into GPT-2's activation function for the
  neurons; the study takes what comes out;
- which model and tokenizer it is given: one of random weights that ask for no gradients, which
  makes the library somewhat faster and smaller, and one that reads numbers.

It takes the points of `torch.linspace(0, 1, N)`, each with the weight 1/N, ten at a time.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from qloc.measures.quadrature import Quadrature
from qloc.models.language_model import LanguageModel
from qloc.models.prompting import EncodedQuery

POST_ACTIVATION = "mlp.act"


def library_rule(steps: int) -> Quadrature:
    """The library's points and weights; it makes the points in float32."""
    points = torch.linspace(0, 1, steps).tolist()
    return Quadrature(tuple(points), (1 / steps,) * steps)


def attribute(
    model: LanguageModel, queries: Sequence[EncodedQuery], steps: int
) -> Float[Tensor, "query layer neuron"]:
    """Scores of all neurons at the last token, by the library."""
    from knowledge_neurons import KnowledgeNeurons  # noqa: PLC0415  (only where it is installed)

    library = KnowledgeNeurons(
        model.module, model.tokenizer, model_type="gpt2", device=str(model.device)
    )
    library.input_ff_attr = POST_ACTIVATION
    scores = [
        library.get_scores(
            " ".join(map(str, query.prompt_tokens)),
            str(query.answer_token),
            steps=steps,
            pbar=False,
        ).detach()
        for query in queries
    ]
    return torch.stack(scores)
