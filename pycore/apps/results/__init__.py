"""Results: how good the best model of a training run is, and where it errs; one module for each tab."""
