"""Train: models without writing code; one module for each part of the panel."""
