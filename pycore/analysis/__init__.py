"""What the plots show is computed here: splits of shares, the columns that a model can use.

>>> from pycore.analysis.splits import find_splits
"""
