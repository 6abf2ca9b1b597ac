"""Mathematics on arrays: no files, no models, no state."""
