// Runs in the page before the first figure is drawn. It comes with every figure, so that a saved notebook, opened
// again at any place, still draws; where BokehJS is there already it returns at once.
(function () {
  const version = "@VERSION@";
  const here = document.currentScript;

  function load() {
    const config = document.getElementById("jupyter-config-data");
    const base = (config && JSON.parse(config.textContent).baseUrl) || "/";
    for (const component of @COMPONENTS@) {
      const url = `${base}static/js/${component}.min.js?v=${version}`;
      // Synchronous: jupyter_bokeh asks for window.Bokeh in the very next step, and gives up where there is none.
      const request = new XMLHttpRequest();
      request.open("GET", url, false);
      request.send();
      if (request.status !== 200) throw new Error(`${url} answers ${request.status}`);
      (0, eval)(request.responseText);
    }
  }

  // jupyter_bokeh 4.1.0 sends what the kernel changed back to the kernel: a streamed row would arrive twice. Only
  // changes that began in the browser (event.sync) may pass its listener.
  function silence_echo() {
    const prototype = Bokeh.require("document").Document.prototype;
    if (prototype.pycore_without_echo) return;
    prototype.pycore_without_echo = true;
    const on_change = prototype.on_change;
    prototype.on_change = function (callback, ...rest) {
      const echoes = /\b_change_event\b/.test(String(callback));
      return on_change.call(this, echoes ? (event) => event.sync !== false && callback(event) : callback, ...rest);
    };
  }

  try {
    if (!(window.Bokeh && window.Bokeh.version === version)) load();
    silence_echo();
  } catch (error) {
    const text = document.createElement("pre");
    text.className = "pycore-no-bokehjs";
    text.textContent =
      `Figures cannot be drawn: BokehJS ${version} could not be loaded (${error.message}).\n` +
      "Open the notebook in the JupyterLab that ./start.sh starts; in another one run\n" +
      "    from bokeh.io import output_notebook; output_notebook()\n" +
      "and then the cells with figures again.";
    if (here && here.parentElement) here.parentElement.appendChild(text);
    throw error;
  }
})();
