"""One module per rule: tables in, tables out."""
