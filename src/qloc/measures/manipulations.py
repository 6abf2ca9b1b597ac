"""What a manipulation does to a value or a weight, by its name."""

FACTORS = {"suppress": 0.0, "enhance": 2.0}
