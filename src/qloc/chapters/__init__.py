"""The report's chapters: one page for each question, of every model.

A chapter is put together from what other stages have made: figures with their findings, the numbers
drawn in them, tables' pages, captions, verdicts. It computes nothing and types no number.
"""
