"""What is done to attention weights: columns scaled, or as much attention taken without choosing.

Let A be a head's attention after softmax, one row for every token that looks, and f a factor for
every column (Chen et al. 2025, arXiv 2405.14117, §3.2). Plainly, a column becomes f A, and its rows
no longer add up to 1. Renormalised they do: the weights are softmax(s + log f), s being the logits
after any soft cap; a row that would be left with nothing stays as it is.

Mass matching is the control of the plain form: a row's total changes by a given amount, spread over
all that it sees in proportion.
"""

from dataclasses import dataclass, field
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class AttentionChange:
    """What is done to some texts, each in its own way.

    Attributes:
        factors: Of every column, not negative; 1 leaves it alone.
        is_renormalised: Whether rows add up again to what they did.
        masses: By how much the total of every row changes; a row keeps at least nothing.
        moved: By how much ``factors`` changed the totals; filled while the model runs, by layer.
    """

    factors: Float[Tensor, "text layer head token"]
    is_renormalised: Bool[Tensor, " text"]
    masses: Float[Tensor, "text layer head token"]
    moved: list[Float[Tensor, "text head row_token"]] = field(default_factory=list, compare=False)

    def chosen(self, texts: Int[Tensor, " chosen"]) -> "AttentionChange":
        """What is done to some of the texts; one may occur several times."""
        return AttentionChange(self.factors[texts], self.is_renormalised[texts], self.masses[texts])

    @cached_property
    def _plain(self) -> Float[Tensor, "text layer head token"]:
        return torch.where(self._is_renormalised, 1, self.factors)

    @cached_property
    def _shifts(self) -> Float[Tensor, "text layer head token"] | None:
        if not self.is_renormalised.any():
            return None
        return torch.where(self._is_renormalised, self.factors, 1).log()

    @property
    def _is_renormalised(self) -> Bool[Tensor, "text 1 1 1"]:
        return self.is_renormalised[:, None, None, None]

    @cached_property
    def _has_masses(self) -> bool:
        return bool(self.masses.any())

    def weights(
        self,
        layer: int,
        logits: Float[Tensor, "text head row_token column"],
        columns: Int[Tensor, "text column"],
        rows: Int[Tensor, "text row_token"],
    ) -> Float[Tensor, "text head row_token column"]:
        """Attention weights, changed.

        Args:
            layer: Number of the layer.
            logits: After any soft cap; −inf where nothing is seen.
            columns: Which token of the text every column is.
            rows: Which token of the text every row is.
        """
        if self._shifts is not None:
            shifts = self._of(self._shifts, layer, columns)[:, :, None]
            is_left = ((shifts > -torch.inf) & (logits > -torch.inf)).any(-1, keepdim=True)
            logits = logits + torch.where(is_left, shifts, 0)
        weights = torch.softmax(logits, -1)
        changed = weights * self._of(self._plain, layer, columns)[:, :, None]
        self.moved.append((changed - weights).sum(-1).detach())
        if not self._has_masses:
            return changed
        totals = changed.sum(-1)
        # A row that sees nothing has nothing to spread a change over.
        divisors = torch.where(totals == 0, 1, totals)
        grown = (1 + self._of(self.masses, layer, rows) / divisors).clamp(min=0)
        return changed * grown[..., None]

    def _of(
        self,
        given: Float[Tensor, "text layer head token"],
        layer: int,
        tokens: Int[Tensor, "text place"],
    ) -> Float[Tensor, "text head place"]:
        """What is given for some tokens in a layer; places behind the text are padding."""
        of_layer = given[:, layer]
        places = tokens.clamp(max=of_layer.shape[2] - 1)[:, None]
        return of_layer.gather(2, places.expand(-1, of_layer.shape[1], -1))
