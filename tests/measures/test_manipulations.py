"""What manipulations do."""

from qloc.contracts.query_mappings import QUERY_MAPPINGS
from qloc.contracts.synapse_answers import SYNAPSE_RUN
from qloc.measures.manipulations import DIRECTIONS, FACTORS


def test_suppressed_is_gone_and_enhanced_is_doubled():
    assert FACTORS == {"suppress": 0, "enhance": 2}
    assert DIRECTIONS == {"suppress": -1, "enhance": 1}


def test_tables_name_the_same_manipulations():
    columns = [*QUERY_MAPPINGS.columns, *SYNAPSE_RUN]
    named = [column.choices for column in columns if column.name == "manipulation"]
    assert named == [tuple(FACTORS)] * 2
