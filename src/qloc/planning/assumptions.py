"""What a plan assumes because it cannot be known before: every number, and where it is from.

Most were measured on the default study, on organisms of four layers; docs/how-to/plan.md says how
far plans were off.
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

# Neurons of a query whose scores are kept, in a model of four layers of 400, and the powers of the
# neurons of a layer and of the number of layers with which they grow: what pairs of organisms
# say, and the most there can be. Of the kept ones, those that are knowledge neurons.
KEPT_NEURONS, KEPT_WIDTH, KEPT_DEPTH = {"ig": 120.0, "sig": 150.0, "amig": 120.0}, 400, 4
KEPT_GROWTH, MOST_GROWTH = (0.75, 0.0), (1.0, 1.0)
KNOWLEDGE_SHARE = 0.2

# Bytes of a row on disk, by table, and of a file without rows.
ROW_BYTES = {
    "answers": 36.0,
    "attributions": 8.2,
    "attribution_checks": 28.0,
    "fact_scores": 4.6,
    "knowledge_neurons": 4.7,
    "query_mappings": 3.4,
    "synapse_answers": 9.2,
    "synapse_effects": 12.6,
    "synapse_examples": 5.0,
    "synapse_places": 40.0,
    "quadrature_comparisons": 18.0,
    "manipulation_costs": 12.0,
    "neuron_sets": 2.5,
    "edits": 6.0,
    "edit_sequences": 22.0,
    "continuations": 130.0,
}
FILE_BYTES = 3000
# Of memory, of a row of a table of scores while it is checked and written.
ROW_MEMORY = 160
# Of all figures and pages, for one model.
PAGE_BYTES = 8_000_000

# Memory of a job that has imported torch and transformers, beside weights.
IMPORTS_BYTES = 550_000_000
# Seconds until a job that opens a model works; of a job that opens none, with its work.
START_SECONDS, TABLE_SECONDS = 4.0, 3.0
# At which weights are read from disk, in bytes a second.
READING_RATE = 1e9
