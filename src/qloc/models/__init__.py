"""A language model, what it answers, and where its answers come from."""
