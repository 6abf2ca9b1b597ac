"""Where a table came from is what Snakemake recorded."""

from qloc.provenance import code_version
from qloc.showing.origins import origins_section

PLACE = "results/consistency_scores/tiny-gpt2/{}.parquet"
COMMAND = (
    'python -m qloc score-consistency --neurons "results/knowledge_neurons/tiny-gpt2/ig.parquet"'
    " --method {} --fixed-k 3 --exclude= --scores {} &> logs/score_consistency/ig.log"
)


def section(folder, *methods):
    return origins_section(folder, "consistency_scores", [PLACE.format(m) for m in methods])


def record(remember, method, version, **changed):
    remember(
        PLACE.format(method),
        rule="score_consistency",
        shellcmd=COMMAND.format(method, PLACE.format(method)),
        input=["results/knowledge_neurons/tiny-gpt2/ig.parquet"],
        log=[f"logs/score_consistency/{method}.log"],
        params=[f"'{version}'", "3"],
        endtime=86_400.0,
        **changed,
    )


def test_rule_settings_and_code_are_told_without_files_and_what_the_path_says(run_folder, remember):
    record(remember, "ig", code_version("qloc.stages.score_consistency"))
    lines = [line.strip() for line in section(run_folder, "ig").splitlines()]
    assert "1 file by rule score_consistency, 1970-01-02 00:00 UTC" in lines
    assert "--fixed-k 3" in lines
    assert "--exclude (nothing)" in lines
    assert "log: logs/score_consistency/ig.log" in lines
    assert any(line.startswith("code: ") and line.endswith(", as it is now") for line in lines)
    assert not any("knowledge_neurons" in line or "--method" in line for line in lines)


def test_files_that_were_made_alike_are_told_once(run_folder, remember):
    for method in ("ig", "sig"):
        record(remember, method, "0123456789ab")
    text = section(run_folder, "ig", "sig")
    assert "2 files by rule" in text
    assert text.count("--fixed-k") == 1
    assert "ig.log and others" in text


def test_code_that_changed_since_is_told(run_folder, remember):
    record(remember, "ig", "0123456789ab")
    text = " ".join(section(run_folder, "ig").split())
    now = code_version("qloc.stages.score_consistency")
    assert f"code: 0123456789ab; now it is {now}, so `snakemake` would make it again" in text


def test_a_rule_of_another_version_is_told(run_folder, remember):
    remember(PLACE.format("ig"), rule="score_twice", params=["'0123456789ab'"])
    text = section(run_folder, "ig")
    assert "code: 0123456789ab; this version of qloc has no such stage" in text


def test_the_folder_of_the_results_will_do(run_folder, remember):
    record(remember, "ig", "0123456789ab")
    assert section(run_folder / "results", "ig") == section(run_folder, "ig")


def test_results_without_a_record_say_so(run_folder, remember):
    assert "Snakemake has no record of it here" in section(run_folder, "ig")
    record(remember, "sig", "0123456789ab")
    path = next((run_folder / ".snakemake/metadata").iterdir())
    path.write_text("{ cut")
    assert "Snakemake has no record of it here" in section(run_folder, "sig")
