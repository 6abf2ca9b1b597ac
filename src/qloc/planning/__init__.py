"""What a study will cost, before anything is spent: its work, time, disk and memory.

The work follows from the sizes of the models and the number of queries, by the formulas of
docs/performance.md; the time from the work and a device. docs/plan.md says how far plans were from
what was measured, and what was never measured.
"""
