"""Figures in an HTML page of their own, which asks nobody for anything."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from bokeh.core.json_encoder import serialize_json
from bokeh.embed import json_item
from bokeh.models import LayoutDOM
from bokeh.resources import Resources

__all__ = ["POLICY", "bokehjs", "embedded", "serialised"]

# BokehJS compiles the callbacks of controls and adds styles to the page; nothing else is done, and nothing is fetched.
POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:;"
    " base-uri 'none'; form-action 'none'"
)

# `drawn` resolves when everything is painted; to the texts of what could not be drawn.
_SCRIPT: Final = """
window.drawn = (async () => {
  const items = JSON.parse(document.getElementById("pycore-figures").textContent);
  const failed = [];
  const views = [];
  for (const item of items) {
    try {
      const manager = await Bokeh.embed.embed_item(item, item.target_id);
      views.push(...(manager.roots ?? manager));
    } catch (error) {
      failed.push(String(error));
      document.getElementById(item.target_id).textContent = "This picture cannot be drawn by this browser.";
    }
  }
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let n = 0; n < 600 && !views.every((view) => view.has_finished()); n++) await frame();
  await frame();
  await frame();
  return failed;
})();
"""


@cache
def bokehjs() -> str:
    """Return BokehJS, with its controls, as the text of script elements."""
    scripts = Resources(mode="inline", minified=True, components=["bokeh", "bokeh-widgets"]).js_raw
    return "".join(f"<script>{script.replace('</script', '<' + chr(92) + '/script')}</script>\n" for script in scripts)


def serialised(model: LayoutDOM, target: str) -> str:
    """Return a figure as JSON for :func:`embedded`; `target` is the id of the element that it is drawn in.

    Examples
    --------
    >>> from bokeh.plotting import figure
    >>> text = serialised(figure(title="</script><b>"), "figure-1")
    >>> '"target_id":"figure-1"' in text, "</script>" in text, "<b>" in text
    (True, False, False)
    """
    # As a character of JSON no text ends the script element that it stands in.
    return serialize_json(json_item(model, target)).replace("<", "\\u003c")  # type: ignore[arg-type]  # it is a text


def embedded(figures: Mapping[str, str]) -> str:
    """Return what stands at the end of a page so that its figures are drawn.

    Parameters
    ----------
    figures : mapping of str to str
        The id of an element to what :func:`serialised` made for it.
    """
    if not figures:
        return ""
    items = ",\n".join(figures.values())
    return (
        f'{bokehjs()}<script type="application/json" id="pycore-figures">[{items}]</script>\n'
        f"<script>{_SCRIPT}</script>\n"
    )
