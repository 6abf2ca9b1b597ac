"""What chapters say of claims."""

from tests import claims

from qloc.chapters.verdicts import verdicts


def test_claims_are_told_in_order_with_their_parts():
    found = verdicts(claims.claims(claims.found()), ["6", "2", "7"], "ig")
    assert [verdict.number for verdict in found] == ["6", "2", "7"]
    assert [verdict.kind for verdict in found] == ["supported"] * 3
    assert found[1].said.startswith("✓ supported")
    assert found[1].basis == "40 facts of 7 relations"
    assert "0.10 [0.08, 0.12]; claimed above 0 (as claimed)" in found[1].decided


def test_only_the_asked_method_and_what_all_methods_say():
    both = claims.claims(claims.found(), methods=["ig", "sig"])
    assert len(verdicts(both, ["1", "2"], "sig")) == 2


def test_what_was_not_tested_says_why():
    found = verdicts(claims.claims(claims.nothing()), ["1", "7"], "ig")
    assert [verdict.kind for verdict in found] == ["not_tested"] * 2
    assert found[0].basis == "no facts"
    assert all("not measured" in part for each in found for part in (each.decided, *each.others))
    assert "no preset" in found[1].decided


def test_another_verdict_for_ten_at_once_is_told():
    found = verdicts(claims.claims(claims.found(0.25)), ["2"], "ig")
    assert found[0].kind == "supported"
    assert found[0].said == "✓ supported (ten at once: ? undecided)"
