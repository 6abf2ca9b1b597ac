"""`tabulate-examples` shows one fact of every relation (Table 5)."""

import pandas as pd

HOSTILE = "<script>alert(1)</script>"


def test_every_relation_has_its_example_and_hostile_text_is_text(make_study, run_stage, tmp_path):
    study = make_study(2, 3, HOSTILE)
    csv, page = tmp_path / "examples.csv", tmp_path / "examples.html"
    run_stage(
        "tabulate-examples",
        facts=study.write_by_relation(tmp_path, "facts"),
        queries=study.write_by_relation(tmp_path, "queries"),
        csv=csv,
        page=page,
    )
    assert pd.read_csv(csv)["fact_id"].tolist() == ["P1/00002", "P2/00002"]
    text = page.read_text(encoding="utf-8")
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 1-2 is the capital of" in text
