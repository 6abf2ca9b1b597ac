"""Commands that show something by hand: no rules of the workflow, and no table depends on them."""
