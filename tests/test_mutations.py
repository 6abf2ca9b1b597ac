# ruff: noqa: E501
"""The tests notice when a formula is wrong: each of these mistakes fails at least one of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# File below src/qloc, what stands there, what a mistake would make of it, tests that must fail.
MUTATIONS = [
    ("measures/quadrature.py", "1 / n_points,) * n_points", "1 / n_points,) * (n_points - 1)", "measures/test_quadrature.py"),
    ("measures/quadrature.py", "(step + place) / n_points", "(step - place) / n_points", "measures/test_quadrature.py"),
    ("measures/selection.py", "> share * best", ">= share * best", "measures/test_selection.py"),
    ("measures/neuron_sets.py", "lengths > 1", "lengths > 2", "measures/test_neuron_sets.py"),
    ("measures/consistency.py", "ratio(overlaps.n_shared", "ratio(overlaps.n_common", "measures/test_consistency.py"),
    ("measures/consistency.py", "(scores - chance) / room", "(scores + chance) / room", "measures/test_consistency.py"),
    ("measures/consistency.py", "chance - NORMAL_95 * errors", "chance + NORMAL_95 * errors", "measures/test_consistency.py"),
    ("measures/thresholds.py", "below * (total - below)", "below * total", "measures/test_thresholds.py"),
    ("measures/thresholds.py", "len(values)) > cut", "len(values)) >= cut", "measures/test_thresholds.py"),
    ("measures/chance.py", "(step <= chosen)", "(step < chosen)", "measures/test_chance.py"),
    ("measures/chance.py", "np.divide(squares, counts - 1", "np.divide(squares, counts", "measures/test_chance.py"),
    ("measures/method_agreement.py", "pairs[:, ::-1]]) + starts", "pairs]) + starts", "measures/test_method_agreement.py"),
    ("measures/method_agreement.py", "methods * n_queries,", "0 * methods,", "measures/test_method_agreement.py"),
    ("measures/class_agreement.py", "inconsistent.all(axis=0)", "inconsistent.any(axis=0)", "measures/test_class_agreement.py"),
    ("measures/class_agreement.py", "(n_facts * products)", "products", "measures/test_class_agreement.py"),
    ("measures/quadrature_comparison.py", "(n_points - has_end)", "n_points", "measures/test_quadrature_comparison.py"),
    ("measures/quadrature_comparison.py", "[own != expected]", "[own]", "measures/test_quadrature_comparison.py"),
    ("measures/proportion.py", 'method="wilson"', 'method="exact"', "measures/test_proportion.py"),
    ("measures/welch.py", "(len(first) - 1)", "len(first)", "measures/test_welch.py"),
    ("measures/bootstrap.py", "(2.5, 97.5)", "(12.5, 87.5)", "measures/test_bootstrap.py"),
    ("measures/bootstrap.py", "(*PERCENTILES, *SIMULTANEOUS_PERCENTILES)", "(*PERCENTILES, *PERCENTILES)", "measures/test_bootstrap.py"),
    ("measures/bootstrap.py", "n_relations / (n_relations - 1)", "1", "measures/test_bootstrap.py"),
    ("measures/verdicts.py", "interval.low > self.limit", "interval.low >= self.limit", "measures/test_verdicts.py"),
    ("measures/verdicts.py", "min(verdicts, key", "max(verdicts, key", "measures/test_verdicts.py"),
    ("measures/change_claims.py", '"shared_less_own", below', '"shared_less_own", above', "measures/test_claims.py"),
    ("measures/score_claims.py", 'max(bic["p_value"], dip["p_value"]) < evidence', 'min(bic["p_value"], dip["p_value"]) < evidence', "measures/test_claims.py"),
    ("measures/score_claims.py", 'bic["value"] < -STRONG', 'bic["value"] < 0', "measures/test_claims.py"),
    ("measures/score_claims.py", '_at_every_pair(region, sweep, "adjusted_simultaneous_ci")', 'region.verdict(ends(lowest, "adjusted_simultaneous_ci"))', "measures/test_claims.py"),
    ("measures/claim_parts.py", "self.printed.high <= high", "self.printed.high >= high", "measures/test_claims.py"),
    ("measures/mixture.py", "MORE_PARAMETERS = 3", "MORE_PARAMETERS = 2", "measures/test_mixture.py"),
    ("measures/integration.py", "words.summed(miss) <= allowed", "words.summed(0 * miss) <= allowed", "measures/test_integration.py"),
    ("measures/integration.py", "tolerance * words.largest(climb.scores)", "tolerance * climb.scores.abs().amax()", "measures/test_integration.py"),
    ("measures/integration.py", "self.summed(scores).abs().amax(1)", "self.summed(scores.abs()).amax(1)", "measures/test_integration.py"),
    ("measures/integration.py", "weight_at.get(1.0, 0.0) * end", "0.0 * end", "measures/test_integration.py"),
    ("comparison/moves.py", "sizes > allowed", "sizes > 2 * allowed", "comparison/test_moves.py"),
    ("comparison/moves.py", "is_gone != is_new", "is_gone & ~is_new", "comparison/test_moves.py"),
    ("comparison/moves.py", "dict.fromkeys(self.shared, largest)", "{}", "comparison/test_moves.py"),
    ("comparison/joining.py", "end = min(left", "end = max(left", "comparison/test_joining.py"),
    ("comparison/sets.py", "is_continued else names", "is_continued is None else names", "comparison/test_sets.py"),
    ("comparison/estimates.py", '_outside(both, column, "_after", "")', "False", "comparison/test_estimates.py"),
    ("models/sweep.py", "at_end[place[part.paths]] = end", "at_end[place[part.paths]] = inside[:, 0]", "models/test_sweep.py"),
    ("models/sweep.py", "chosen = self.layers == layer", "chosen = self.layers <= layer", "models/test_sweep.py"),
    ("models/rows.py", "- (1 - points) * moves", "- points * moves", "models/test_sweep.py"),
    ("models/rows.py", "starts[entering, None] + points * moves", "starts[entering, None] - points * moves", "models/test_sweep_check.py::test_rows_may_enter_inside_any_layer"),
    ("models/row_attention.py", "[place < lengths", "[place <= lengths", "models/test_row_attention.py"),
    ("models/row_attention.py", "positions > own - window", "positions >= own - window", "models/test_row_attention.py"),
    ("models/row_attention.py", "(positions <= own)", "(positions <= own + 1)", "models/test_row_attention.py"),
    ("models/tails.py", ".sum(1) / is_read.sum(1)", ".mean(1)", "models/methods/test_checks.py::test_sums_and_changes_of_every_path_equal_full_runs"),
    ("models/words.py", "token not in special]", "token not in special][-2:]", "models/methods/test_amig.py"),
    ("models/methods/sig.py", "of_paths.square().sum(1)", "of_paths.abs().sum(1)", "models/methods/test_sig.py"),
    ("models/methods/sig.py", "[:position], token]", "[:position], query.prompt_tokens[0]]", "models/methods/test_sig.py"),
    ("models/methods/amig.py", '["eos"]', '["pad"]', "models/methods/test_amig.py"),
    ("models/methods/amig.py", ".mean(0)", ".sum(0)", "models/methods/test_amig.py"),
    ("models/methods/amig.py", "summed.abs().sum((1, 2)", "summed.abs().amax((1, 2)", "models/methods/test_amig.py"),
    ("models/answer_head.py", "weight * slope - expected / total", "weight * slope", "models/test_answer_head.py"),
    ("models/answers.py", "(logits >= own)", "(logits > own)", "models/test_answers.py"),
    ("models/answers.py", "of_answer.max()", "of_answer.min()", "models/test_answers.py"),
    ("models/answers.py", "*said[:-1])", "*said[1:])", "models/test_answers.py"),
    ("models/prompting.py", "not rest or", "", "models/test_prompting.py"),
    ("models/attention_change.py", "torch.where(self._is_renormalised, 1, self.factors)", "self.factors", "models/test_interventions.py"),
    ("models/attention_change.py", "(shifts > -torch.inf) & (logits", "(shifts > -torch.inf) | (logits", "models/test_interventions.py"),
    ("models/attention_change.py", "torch.where(is_left, shifts, 0)", "shifts", "models/test_manipulated_attribution.py"),
    ("models/attention_change.py", "(changed - weights).sum(-1)", "(weights - changed).sum(-1)", "models/test_interventions.py"),
    ("models/attention_change.py", "self._of(self.masses, layer, rows) / divisors", "self._of(self.masses, layer, rows)", "models/test_interventions.py"),
    ("models/attention_change.py", "self._of(self.masses, layer, rows)", "self._of(self.masses, 0, rows)", "models/test_interventions.py"),
    ("models/row_attention.py", "changed.reshape(logits.shape)", "changed.flip(1).reshape(logits.shape)", "models/test_interventions.py"),
    ("models/interventions.py", "scaled.factor != 1", "scaled.factor != 0", "models/test_interventions.py"),
    ("models/interventions.py", "part.does_nothing and part.query in idle", "part.query in idle", "models/test_interventions.py"),
    ("models/interventions.py", "[number, own, own]", "[number, own]", "models/test_interventions.py"),
    ("models/manipulated_rows.py", "neurons] *= factors", "neurons] += factors", "models/test_neuron_factors.py"),
    ("models/manipulated_rows.py", "rows, tail.changed[queries], neurons]", "rows, -1, neurons]", "models/test_neuron_factors.py"),
    ("models/neuron_factors.py", "np.where(is_scaled, rows, 0)", "np.where(is_scaled, rows, 1)", "models/test_neuron_factors.py"),
    ("models/manipulated_attribution.py", "scores[order[chosen]]", "scores[chosen]", "models/test_manipulated_attribution.py"),
    ("models/methods/ig.py", "places, answer_tokens, change)", "places, answer_tokens, None)", "models/test_manipulated_attribution.py"),
    ("measures/synapses.py", "scores[asked] > _threshold", "scores[asked] >= _threshold", "measures/test_synapses.py"),
    ("measures/synapses.py", "is_visible.sum(axis=2, keepdims=True)", "is_visible.sum(axis=1, keepdims=True)", "measures/test_synapses.py"),
    ("measures/synapses.py", 'axis = 2 if rule.scope == "per_head" else None', "axis = None", "measures/test_synapses.py"),
    ("measures/synapses.py", "int(rule.exclude_first_token) :", "0 * int(rule.exclude_first_token) :", "measures/test_synapses.py"),
    ("measures/synapse_controls.py", "synapses & is_later", "synapses | is_later", "measures/test_synapse_controls.py"),
    ("measures/synapse_controls.py", "n_neurons), sets.every)", "n_neurons), sets.own)", "measures/test_synapse_controls.py"),
    ("measures/synapse_values.py", "(after - before) * np.sign(before)", "np.abs(after) - np.abs(before)", "measures/test_synapse_values.py"),
    ("measures/mapping_sets.py", "union[n_holders > 1]", "union[n_holders > 0]", "measures/test_mapping_sets.py"),
    ("measures/mapping_sets.py", "n_holders == len(sets.others)", "n_holders >= len(sets.others) - 1", "measures/test_mapping_sets.py"),
    ("measures/mapping_sets.py", "values.size), sets.every)", "values.size), sets.own)", "measures/test_mapping_sets.py"),
    ("measures/effects.py", "lower - upper", "upper - lower", "measures/test_effects.py"),
    ("measures/manipulations.py", "factor - 1", "1 - factor", "measures/test_manipulations.py"),
    ("measures/effects.py", "facts.thresholds(draws.facts)", "facts.thresholds(draws.facts[:1])", "measures/test_effects.py"),
    ("measures/signed_ranks.py", "doubled[differences != 0]", "doubled[: np.count_nonzero(differences)]", "measures/test_signed_ranks.py"),
    ("measures/signed_ranks.py", "np.arange(len(order), 0, -1)", "len(order)", "measures/test_signed_ranks.py"),
    ("measures/mapping_effects.py", "of_facts[:, sets] - of_facts[:, others]", "of_facts[:, others] - of_facts[:, sets]", "measures/test_mapping_effects.py"),
    ("measures/synapse_effects.py", "np.abs(first) - np.abs(second)", "first - second", "measures/test_synapse_effects.py"),
    ("measures/synapse_effects.py", ">= NEAR_ZERO * size", ">= size", "measures/test_synapse_effects.py"),
    ("models/predictions.py", "np.arange(size) + len(asked.prompt_tokens) - 1", "np.arange(size)", "models/test_predictions.py"),
    ("models/predictions.py", "np.concatenate([found.log_probabilities for found in predictions])", "np.array([found.log_probabilities.mean() for found in predictions])", "models/test_predictions.py"),
    ("models/edits.py", "changes = -first *", "changes = first *", "models/test_edits.py"),
    ("models/edits.py", "_written(model, request.target_tokens,", "_written(model, request.original_tokens,", "models/test_edits.py"),
    ("models/edits.py", "np.where(request.signs < 0, -1.0, 1.0)", "np.sign(request.signs)", "models/test_edits.py"),
    ("models/edits.py", "embedding / embedding.norm()", "embedding", "models/test_edits.py"),
    ("models/edits.py", "vectors.norm(dim=1, keepdim=True)", "vectors.norm()", "models/test_edits.py"),
    ("models/edits.py", "rows.mean(0)", "rows.sum(0)", "models/test_edits.py"),
    ("models/edits.py", "torch.cat(parts).mean(0)", "torch.cat(parts).abs().mean(0)", "models/test_edits.py"),
    ("models/weights.py", "if (layer, neuron) not in self._originals:", "if True:", "models/test_weights.py"),
    ("models/weights.py", "    finally:\n        weights.restore()", "    except Exception:\n        weights.restore()\n        raise\n    else:\n        weights.restore()", "models/test_weights.py"),
    ("models/edited_rows.py", "edited[part] += values[part][:, neurons] @ changes", "edited[part, -1] += values[part][-1, neurons] @ changes", "models/test_edited_rows.py"),
    ("models/edited_rows.py", "edit.layers.min()", "edit.layers.max()", "models/test_edited_rows.py"),
    ("models/edited_rows.py", "edit.layers == layer", "edit.layers <= layer", "models/test_edited_rows.py"),
    ("models/edited_rows.py", "n_prompt_tokens + 1)", "n_prompt_tokens)", "models/test_edited_rows.py::test_as_many_tokens_are_said_as_the_context_holds"),
    ("models/edited_rows.py", '__dict__.pop("forward", None)', '__dict__.get("forward", None)', "models/test_edited_rows.py::test_nothing_is_left_behind"),
    ("models/edit_requests.py", "for word in (fact.answer, fact.target)", "for word in (fact.target, fact.answer)", "models/test_edit_requests.py"),
    ("models/edit_requests.py", "signs = values[cells.layers, cells.neurons]", "signs = values[0, cells.neurons]", "models/test_edit_requests.py"),
    ("models/edit_questions.py", "np.unique(lengths)", "lengths[:1]", "models/test_edit_questions.py"),
    ("models/edit_outcomes.py", "perplexities[0]", "perplexities[1]", "models/test_edit_outcomes.py"),
    ("models/edit_sequences.py", "n_edited in steps or ", "", "models/test_edit_sequences.py"),
    ("models/edit_sequences.py", "facts = run.facts[:n_edited]", "facts = run.facts", "models/test_edit_sequences.py"),
    ("models/held_out_texts.py", "len(tokens) >= least", "len(tokens) > least", "models/test_held_out_texts.py"),
    ("measures/consistency_aware.py", "scores.mean(axis=0) - self", "scores.mean(axis=0) + self", "measures/test_consistency_aware.py"),
    ("measures/consistency_aware.py", "scores.std(axis=0)", "scores.std(axis=0, ddof=1)", "measures/test_consistency_aware.py"),
    ("measures/consistency_aware.py", "(scores > rule.cut * largest)", "(scores >= rule.cut * largest)", "measures/test_consistency_aware.py"),
    ("measures/consistency_aware.py", "elsewhere <= least", "elsewhere <= largest", "measures/test_consistency_aware.py"),
    ("measures/consistency_aware.py", "rule.mean_factor * candidates.largest_mean_elsewhere", "candidates.largest_mean_elsewhere", "measures/test_consistency_aware.py"),
    ("measures/consistency_aware.py", "least / (rule.mean_factor * largest_mean)", "least / largest_mean", "measures/test_consistency_aware.py"),
    ("measures/kept_scores.py", "means.max()", "means.min()", "measures/test_kept_scores.py"),
    ("measures/kept_scores.py", "alone.matrix(others, keep * largest)", "alone.matrix(others, 0 * largest)", "measures/test_kept_scores.py"),
    ("measures/edit_sets.py", 'kept.candidates(fact.having("edited", "used"))', 'kept.candidates(fact.having("edited", "held_out"))', "measures/test_edit_sets.py"),
    ("measures/edit_sets.py", 'union("edited", "used")', 'union("edited", "held_out")', "measures/test_edit_sets.py"),
    ("measures/edit_sets.py", "lexsort((numbers,", "lexsort((-numbers,", "measures/test_edit_sets.py"),
    ("measures/edit_sets.py", "np.unique(np.concatenate([*sets.values()])))", "sets['query'])", "measures/test_edit_sets.py"),
    ("measures/edit_choice.py", "if other not in of_subject", "if other", "measures/test_edit_choice.py"),
    ("measures/edit_choice.py", "its.isdisjoint(own)", "its != own", "measures/test_edit_choice.py"),
    ("measures/edit_choice.py", "len(others) // 2", "len(others) - 1", "measures/test_edit_choice.py"),
    ("measures/edit_choice.py", "rest = line[n_calibration:]", "rest = line", "measures/test_edit_choice.py"),
    ("measures/unrelated_queries.py", ").all(axis=1)", ").any(axis=1)", "measures/test_unrelated_queries.py"),
    ("measures/edit_quality.py", "1 - said_as_expected if", "said_as_expected if", "measures/test_edit_quality.py"),
    ("measures/edit_quality.py", 'aim = "update" if role == "unrelated" else operation', "aim = operation", "measures/test_edit_quality.py"),
    ("measures/edit_quality.py", '"generalization": ("held_out",)', '"generalization": ("used", "held_out")', "measures/test_edit_quality.py"),
    ("measures/edit_quality.py", "is_same.mean(), is_same.all()", "is_same.all(), is_same.mean()", "measures/test_edit_quality.py"),
    ("measures/edit_quality.py", "np.full(len(SCORERS), np.nan)", "np.zeros(len(SCORERS))", "measures/test_edit_quality.py"),
    ("measures/edit_tables.py", 'neuron_set.startswith("query")', 'neuron_set == "query"', "measures/test_edit_tables.py"),
    ("measures/edit_plans.py", "else [chosen[preset]]", "else range(n)", "measures/test_edit_plans.py"),
    ("measures/edit_calibration.py", "mean >= wanted", "mean > wanted", "measures/test_edit_calibration.py"),
    ("measures/edit_calibration.py", "next(enough, len(means) - 1)", "next(enough, 0)", "measures/test_edit_calibration.py"),
    ("measures/edit_effects.py", "(reliability + unseen + locality) / 3", "(reliability + seen + locality) / 3", "measures/test_edit_effects.py"),
    ("measures/edit_effects.py", "relative(after - before, before)", "relative(after - before, after)", "measures/test_edit_effects.py"),
    ("measures/edit_effects.py", "edits.values[:, sets] - edits.values[:, others]", "edits.values[:, others] - edits.values[:, sets]", "measures/test_edit_effects.py"),
    ("measures/edit_effects.py", "has_value & (edits.n_neurons == 0)", "edits.n_neurons == 0", "measures/test_edit_effects.py"),
    ("measures/edit_effects.py", 'groupby(["fact_class", "scorer", "metric"])', 'groupby(["fact_class", "scorer"])', "measures/test_edit_effects.py"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "right"), [mutation[:2] for mutation in MUTATIONS])
def test_what_a_mutation_changes_stands_in_one_place(file: str, right: str) -> None:
    assert (ROOT / "src/qloc" / file).read_text(encoding="utf-8").count(right) == 1


@pytest.mark.mutation
@pytest.mark.parametrize(
    ("file", "right", "wrong", "tests"),
    MUTATIONS,
    ids=[f"{file}: {wrong or right}" for file, right, wrong, _ in MUTATIONS],
)
def test_a_wrong_formula_fails_its_tests(
    tmp_path: Path, file: str, right: str, wrong: str, tests: str
) -> None:
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    mutated = tmp_path / "src/qloc" / file
    text = mutated.read_text(encoding="utf-8")
    mutated.write_text(text.replace(right, wrong), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"tests/{tests}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src"), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
