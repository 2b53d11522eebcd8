"""What figures do in the browser, where it is too long to stand in Python."""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["script"]


@cache
def script(name: str) -> str:
    """Return the JavaScript of ``<name>.js``, for a :class:`bokeh.models.CustomJS`.

    Examples
    --------
    >>> "cheapest" in script("thresholds")
    True
    """
    return resources.files("pycore.plots").joinpath(f"{name}.js").read_text("utf-8")
