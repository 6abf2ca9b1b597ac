"""The paper's claims about edits, neurons and synapses, 4 to 10; see `claims`.

Of edits, updates are judged, by the first token.
"""

from dataclasses import replace

from qloc.columns import SCORERS
from qloc.measures.claim_parts import (
    ClaimSettings,
    Found,
    Part,
    in_table,
    of_edits,
    of_synapses,
    own_effect,
    row_at,
)
from qloc.measures.verdicts import Region

OTHER_WAY = "doubling itself moves them the other way"

_AWARE, _UNION = "consistency_aware_held_out", "union_held_out"


def worse_generalization(found: Found, settings: ClaimSettings) -> list[Part]:
    """4: edits of a query's own neurons generalize worse on inconsistent facts."""
    del settings
    return [
        in_table(
            found,
            "edits",
            "generalization",
            Region("below", 0.0),
            scorer=SCORERS[0],
            operation="update",
            neuron_set="query",
            metric="generalization",
            fact_class="difference",
        )
    ]


def costly_unions(found: Found, settings: ClaimSettings) -> list[Part]:
    """5: on inconsistent facts, editing the union costs locality and perplexity."""
    del settings
    return [
        of_edits(found, "locality", Region("below", 0.0), _UNION, "query"),
        of_edits(found, "perplexity_change", Region("above", 0.0), _UNION, "query"),
    ]


def own_neurons(found: Found, settings: ClaimSettings) -> list[Part]:
    """6: own neurons move the answer more than neighbors' of equal size, more so on K_I."""
    del settings
    own = {"manipulation": "suppress", "criterion": "otsu"}
    pair = own | {"neuron_set": "self", "other_set": "neighbor"}
    shared = own | {"neuron_set": "intersection", "other_set": "self_sample_intersection"}
    common = own | {"neuron_set": "refined_sample", "other_set": "self_sample_refined"}
    above, below = Region("above", 0.0), Region("below", 0.0)
    return [
        in_table(found, "mappings", "less_neighbor", above, **pair, fact_class="all"),
        in_table(found, "mappings", "shared_less_own", below, **shared, fact_class="all"),
        in_table(found, "mappings", "common_less_own", below, **common, fact_class="all"),
        in_table(found, "mappings", "more_so", above, **pair, fact_class="difference"),
    ]


def synapses_select(found: Found, settings: ClaimSettings) -> list[Part]:
    """7: suppressing synapses lowers own neurons: more than the same mass, and more than others.

    That they are lowered at all is a part of its own: a control could raise them.
    """
    del settings
    contrasts = ("mass_matched", "neighbors_only", "random")
    return [
        own_effect(found, "own"),
        *(of_synapses(found, name, name, is_renormalised=False) for name in contrasts),
    ]


def weaker_enhancement(found: Found, settings: ClaimSettings) -> list[Part]:
    """8: enhancing synapses moves own neurons less than suppressing them, in both forms.

    Sizes of effects are compared; that doubling moves them the wrong way is said beside.
    """
    del settings
    forms = (("as_they_are", False), ("renormalised", True))
    return [
        _with_direction(
            of_synapses(found, name, "enhance", is_renormalised=is_renormalised),
            found,
            is_renormalised=is_renormalised,
        )
        for name, is_renormalised in forms
    ]


def _with_direction(part: Part, found: Found, *, is_renormalised: bool) -> Part:
    """The part, which says so where doubled synapses lower own neurons by their whole interval."""
    if found.effects is None or part.reason:
        return part
    doubled = row_at(
        found.effects,
        synapse_set="synapses",
        manipulation="enhance",
        criterion="otsu",
        fact_class="all",
        outcome="own",
        is_renormalised=is_renormalised,
    )
    is_opposite = doubled is not None and doubled["ci_high"] < 0
    return replace(part, reason=OTHER_WAY) if is_opposite else part


def consistency_aware_wins(found: Found, settings: ClaimSettings) -> list[Part]:
    """9: on inconsistent facts consistency-aware edits are the best, at low perplexity."""
    del settings
    others = ("query", _UNION, f"{_AWARE}_random", f"{_AWARE}_top")
    return [
        *(of_edits(found, "average", Region("above", 0.0), _AWARE, other) for other in others),
        of_edits(found, "perplexity_change", Region("below", 0.0), _AWARE, _UNION),
    ]


def consistency_aware_matches(found: Found, settings: ClaimSettings) -> list[Part]:
    """10: on consistent facts they match own neurons: averages differ by less than a margin."""
    region = Region("within", settings.margin)
    return [of_edits(found, "average", region, _AWARE, "query", fact_class="consistent")]
