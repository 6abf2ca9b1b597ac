"""`tabulate-thresholds` sets the run's thresholds beside the paper's (Table 4)."""

import pandas as pd


def test_own_thresholds_and_the_papers_stand_on_one_page(study, run_stage, tmp_path):
    csv, page = tmp_path / "thresholds.csv", tmp_path / "thresholds.html"
    summaries = study.write(tmp_path, "class_summaries")
    run_stage("tabulate-thresholds", summaries=summaries, csv=csv, page=page)
    rows = pd.read_csv(csv)
    assert rows["source"].value_counts().to_dict() == {"this run": 2, "paper": 9}
    text = page.read_text(encoding="utf-8")
    assert "0.146 / 0.150 / 0.148" in text
    assert "it is called Table 4 here" in text
