"""Estimators, training, evaluation and the store of models: the only room for scikit-learn besides `analysis`."""
