"""A page that is loaded again on a kernel in use has its explorers soon, and they go on to say what is."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect
from suites.browser import NotebookPage
from suites.explorer_page import ExplorerPage
from suites.jupyter import Lab

# What a page asks when its connection comes back, with the answer kept.
ASK = """async () => {
  const { kernel } = jupyterapp.shell.currentWidget.context.sessionContext.session;
  const control = kernel.createComm("jupyter.widget.control", crypto.randomUUID());
  const states = new Promise((done) => { control.onMsg = (message) => done(message.content.data.states); });
  control.open({}, { version: "1.0.0" });
  control.send({ method: "request_states" });
  return Object.values(await states).map(({ state }) => state.value).filter((value) => typeof value === "string");
}"""


def test_a_page_that_is_loaded_again_shows_what_is(lab: Lab, context: BrowserContext) -> None:
    target = 'get_ipython().kernel.comm_manager.targets["jupyter.widget.control"].__module__'
    path = lab.write("restoring.ipynb", [f"%load_ext pycore\n{target}", 'core.explore("iris")'])
    notebook = NotebookPage(context, lab, path)
    assert notebook.run_all() == []
    assert "pycore.apps.restoring" in notebook.text()
    page = ExplorerPage(notebook)
    page.wait()
    for title in page.tabs.all_inner_texts():
        page.open(title)
    assert notebook.run_all() == []  # the old widgets stay in the kernel
    notebook.save()

    notebook.reload()

    page.wait()
    page.open("Summary")
    value = page.side.get_by_placeholder("a text, a number or a date").last
    value.fill("virg")
    value.press("Enter")
    page.side.get_by_text("150 in all").wait_for()
    assert any("150 in all" in text for text in notebook.page.evaluate(ASK))
    page.side.get_by_role("button", name="petal_width", exact=True).click()
    expect(page.side.get_by_role("button", name="Clear", exact=True)).to_be_enabled()
    expect(page.side.get_by_text("150 in all")).to_be_visible()
    notebook.close()
    assert notebook.page_errors == []
