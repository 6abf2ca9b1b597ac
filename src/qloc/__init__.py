"""Is a fact stored in a few fixed neurons, or do the neurons depend on the query?

The study of Chen et al. (ICLR 2025), "Knowledge Localization: Mission Not Accomplished?
Enter Query Localization!" (https://arxiv.org/abs/2405.14117), as software.

The package is a house of floors; imports only go down:

``stages``              one module per rule: tables in, tables out
``figures``, ``models`` tables to figures; a language model and interventions on it
``datasets``            ParaRel's files, a user's own rows, the general text
``measures``            mathematics on arrays
ground                  ``errors, outputs, tables, contracts, randomness, options,
                        provenance, configuration``
"""

__version__ = "0.1.0"
