"""Tables to figures, in one look."""
