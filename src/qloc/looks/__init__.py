"""Commands that only look: they write no file and are no rule of the workflow."""
