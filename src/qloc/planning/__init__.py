"""What a study will cost, before anything is spent: its work, time, disk and memory.

The work follows from the sizes of the models and the number of queries, by the formulas of
docs/explanation/performance.md; the time from the work and a device. docs/how-to/plan.md says how
far plans were from what was measured, and what was never measured.
"""
