"""Readers of facts and texts; they know the quirks of the files, and nothing after them."""
