"""The tables of the study, one module each, so that a new table reruns nothing."""
