"""What a plan assumes because it cannot be known before: every number, and where it is from.

Most were measured on the default study, on organisms of four layers; docs/plan.md says how far
plans were off.
"""

# Points that `adaptive` takes on a path, α = 1 included: the mean of both organisms.
ADAPTIVE_POINTS = {"ig": 10.0, "sig": 7.5, "amig": 6.5}
# Rows that only fill up a run, as a factor: queries of other lengths under SIG, and paths that
# have settled under `adaptive`.
SIG_PADDING, ADAPTIVE_PADDING = 1.5, 1.35
# Of the texts of other lengths that share a run.
TEXT_PADDING = 1.15

# A token of a prompt, in characters, and of an answer.
CHARACTERS_PER_TOKEN = 4.5

# Neurons whose scores are kept, of all; those that are knowledge neurons, of the kept.
KEPT_SHARE = {"ig": 0.07, "sig": 0.09, "amig": 0.07}
KNOWLEDGE_SHARE = 0.2

# Bytes of a row on disk, by table, and of a file without rows.
ROW_BYTES = {
    "answers": 36.0,
    "attributions": 12.3,
    "attribution_checks": 36.0,
    "fact_scores": 6.7,
    "knowledge_neurons": 7.0,
    "query_mappings": 5.0,
    "synapse_answers": 11.5,
    "synapse_effects": 18.0,
    "synapse_examples": 6.0,
    "synapse_places": 40.0,
    "quadrature_comparisons": 18.0,
    "manipulation_costs": 12.0,
    "neuron_sets": 2.5,
    "edits": 6.0,
    "edit_sequences": 22.0,
    "continuations": 130.0,
}
FILE_BYTES = 3000
# Of all figures and pages, for one model.
PAGE_BYTES = 8_000_000

# Memory of a job that has imported torch and transformers, beside weights.
IMPORTS_BYTES = 550_000_000
# Seconds until a job that opens a model works; of a job that opens none, with its work.
START_SECONDS, TABLE_SECONDS = 4.0, 3.0
# At which weights are read from disk, in bytes a second.
READING_RATE = 1e9
