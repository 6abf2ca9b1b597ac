"""What a manipulation does to a value or a weight, by its name."""

FACTORS = {"suppress": 0.0, "enhance": 2.0}

# In which direction a manipulation is expected to move things.
DIRECTIONS = {name: factor - 1 for name, factor in FACTORS.items()}
