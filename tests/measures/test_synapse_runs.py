"""What is done to a query."""

from qloc.contracts.synapse_answers import SYNAPSE_SETS
from qloc.measures.synapse_runs import CHOSEN_COLUMNS, synapse_runs


def test_every_set_is_manipulated_both_ways_and_in_both_forms_but_mass_matching():
    runs = synapse_runs(["one", "two"])
    assert len(runs) == len(set(runs)) == 2 * 2 * (3 * 2 + 1)
    assert {run.synapse_set for run in runs} == {*SYNAPSE_SETS} == {*CHOSEN_COLUMNS, "mass_matched"}
    for run in runs:
        other = run._replace(is_renormalised=not run.is_renormalised)
        assert (other in runs) == (run.synapse_set != "mass_matched")
        assert run._replace(preset="two") in runs
        assert run._replace(manipulation="suppress") in runs
    assert not any(run.is_renormalised for run in runs if run.synapse_set == "mass_matched")


def test_mass_matching_is_about_the_columns_of_the_synapses():
    columns = {run.synapse_set: run.columns for run in synapse_runs(["one"])}
    assert columns.pop("mass_matched") == ("one", "synapses")
    assert columns == {name: ("one", name) for name in CHOSEN_COLUMNS}
