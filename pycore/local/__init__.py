"""What stands behind start.sh, stop.sh and redis.sh: local services, where they are, and how they end.

``python -m pycore.local --help`` says what there is.
"""
