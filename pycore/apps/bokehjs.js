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

  // A change comes in parts. A view that is made between two of them would take the second for the beginning of a change,
  // and so on for ever: it is to wait for the next beginning.
  function begin_with_beginnings() {
    const { prototype } = Bokeh.require("protocol/receiver").Receiver;
    if (prototype.pycore_waits) return;
    prototype.pycore_waits = true;
    const { consume } = prototype;
    prototype.consume = function (part) {
      const begins = typeof part === "string" && part.startsWith('{"msgid":');
      if (begins) this._current_consumer = this._HEADER;
      if (begins || this._current_consumer !== this._HEADER) consume.call(this, part);
      else this.message = null;
    };
  }

  // Bokeh moves what it paints by half a dot, and clears no more than that: the dots along the left and the upper edge
  // would keep half of what was there before, such as the paper of the other theme.
  function clear_edges() {
    const { prototype } = Bokeh.require("core/util/canvas").CanvasLayer;
    if (prototype.pycore_clears_edges) return;
    prototype.pycore_clears_edges = true;
    const { clear } = prototype;
    prototype.clear = function () {
      clear.call(this);
      const { canvas } = this;
      if (this.backend !== "svg") this.undo_transform((ctx) => ctx.clearRect(0, 0, canvas.width, canvas.height));
    };
  }

  // Bokeh gives the labels in all tooltips one blue, which is hard to read on either paper.
  function legible_tooltips() {
    const styles = Bokeh.require("styles/tooltips.css");
    styles.default = styles.default.replace("color:#26aae1", "color:var(--jp-ui-font-color2, #26aae1)");
  }

  // Where no text is typed JupyterLab takes letters and arrows for itself: a letter in a select would do something to
  // the cell, two D delete it. Controls that have a use for them get them; what Ctrl and Alt go with stays JupyterLab's.
  function leave_keys_to_controls() {
    if (window.pycore_leaves_keys) return;
    window.pycore_leaves_keys = true;
    const has_use_for_keys = (each) => each.matches?.('select, [role="slider"], input[type="radio"]');
    const listen = (event) => {
      const { target } = event;
      const is_plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && event.key !== "Escape";
      if (!is_plain || !target.closest?.('[class*="pycore-"]') || !has_use_for_keys(event.composedPath()[0])) return;
      target.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab looks for it at the next listener
      setTimeout(() => target.removeAttribute("data-lm-suppress-shortcuts"));
    };
    window.addEventListener("keydown", listen, true);
  }

  const dark = new Map(@COLOURS@);
  const followed = new WeakSet(); // documents whose figures take the page's theme
  const looked_at = new WeakSet(); // their models
  const put = new WeakMap(); // model to attribute to the colours that the kernel gave and those that stand there now

  function is_dark() {
    return document.body.dataset.jpThemeLight === "false"; // JupyterLab says it so
  }

  function counterpart(value) {
    if (typeof value === "string") return dark.get(value.toLowerCase()) ?? value;
    if (Array.isArray(value)) {
      const found = value.map(counterpart);
      return found.some((each, place) => each !== value[place]) ? found : value;
    }
    if (value?.value !== undefined) {
      const found = counterpart(value.value);
      return found === value.value ? value : { ...value, value: found };
    }
    return value;
  }

  // Columns of a source hold colours where their name says so; any other text may be a stranger's.
  function counterpart_of_columns(columns) {
    const found = {};
    for (const name of Object.keys(columns)) {
      if (!/colou?r$/.test(name)) continue;
      const colours = counterpart(columns[name]);
      if (colours !== columns[name]) found[name] = colours;
    }
    return Object.keys(found).length > 0 ? { ...columns, ...found } : columns;
  }

  function same(one, other) {
    return one === other || (one?.value !== undefined && one.value === other?.value);
  }

  // Returns whether anything had to be changed.
  function recolour(model) {
    looked_at.add(model);
    const changes = {};
    const known = put.get(model) ?? {};
    for (const property of model) {
      const { attr } = property;
      const of_columns = attr === "data" && typeof model.get_length === "function";
      if (property.is_unset || !(of_columns || /(^|_)(color|palette)$/.test(attr))) continue;
      const now = property.get_value();
      const given = known[attr] !== undefined && same(known[attr].now, now) ? known[attr].given : now;
      const wanted = !is_dark() ? given : of_columns ? counterpart_of_columns(given) : counterpart(given);
      if (same(wanted, now)) continue;
      changes[attr] = wanted;
      known[attr] = { given };
    }
    if (Object.keys(changes).length === 0) return false;
    put.set(model, known);
    // Only here: the kernel does not hear of it, so that another page may have the other theme.
    model.setv(changes, { sync: false });
    for (const attr of Object.keys(changes)) known[attr].now = model[attr]; // as Bokeh keeps it
    // A legend beside the paper is made again, and measured while it is empty.
    if (model.type === "Legend") requestAnimationFrame(() => Bokeh.index.find_one(model)?.request_layout());
    return true;
  }

  // Bokeh copies a glyph for its selected, muted … rows when it first draws them, and forgets where the copy is from.
  function recolour_copies(renderer) {
    const known = put.get(renderer.glyph);
    const view = Bokeh.index.find_one(renderer);
    if (!view) return;
    for (const state of ["selection", "nonselection", "muted", "hover", "decimated"]) {
      const copy = view[`${state}_glyph`]?.model;
      if (!copy || copy.document != null) continue;
      const changes = {};
      for (const [attr, { given }] of Object.entries(known)) {
        if (same(copy[attr], given) || same(copy[attr], counterpart(given))) changes[attr] = renderer.glyph[attr];
      }
      copy.setv(changes);
    }
  }

  function recolour_all(doc, is_asked = () => true) {
    const models = [...doc.all_models];
    if (!followed.has(doc)) {
      if (!models.some((model) => model.tags?.includes("@FOLLOWING@"))) return;
      followed.add(doc);
      is_asked = () => true;
    }
    const changed = new Set(models.filter((model) => is_asked(model) && recolour(model)));
    if (changed.size === 0) return;
    for (const model of models) if (changed.has(model.glyph)) recolour_copies(model);
  }

  function watch(doc) {
    let changed = new Set();
    recolour_all(doc);
    doc.on_change((event) => {
      if (changed.size === 0) {
        // A patch of the kernel comes as many events: look once, when all of it is there, and before it is painted.
        queueMicrotask(() => {
          const models = changed;
          changed = new Set();
          recolour_all(doc, (model) => models.has(model) || !looked_at.has(model));
        });
      }
      changed.add(event.model);
    });
  }

  function follow_theme() {
    const { Document } = Bokeh.require("document");
    if (Document.pycore_follows_theme) return;
    Document.pycore_follows_theme = true;
    const from_json = Document.from_json;
    Document.from_json = function (...parts) {
      const doc = from_json.apply(this, parts);
      watch(doc); // nothing of it is drawn yet
      return doc;
    };
    Bokeh.documents.forEach((doc) => watch(doc));
    new MutationObserver(() => Bokeh.documents.forEach((doc) => recolour_all(doc))).observe(document.body, {
      attributeFilter: ["data-jp-theme-light"],
    });
  }

  try {
    if (!(window.Bokeh && window.Bokeh.version === version)) load();
    silence_echo();
    begin_with_beginnings();
    clear_edges();
    legible_tooltips();
    leave_keys_to_controls();
    follow_theme();
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
