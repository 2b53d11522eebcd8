// Runs in the page when the range of a plot changes, and when the kernel answers. One question is on its way at most;
// what the range became meanwhile is asked for when the answer is there, so the last range is always shown.
const view = (asked.pycore_view ??= { id: Math.random().toString(36).slice(2), is_waiting: false });

function ask() {
  const { start, end } = x_range;
  if (view.is_waiting || (start === view.start && end === view.end)) return;
  Object.assign(view, { is_waiting: true, start, end });
  asked.data = { start: [start], end: [end], view: [view.id] };
}

if (is_answer) {
  const { start, end, first, last, view: asker } = answer.data;
  view.is_waiting = false;
  if (asker[0] !== view.id) {
    // Another page, or the kernel itself, moved the window.
    Object.assign(view, { start: start[0], end: end[0] });
    x_range.setv({
      start: start[0], end: end[0], reset_start: first[0], reset_end: last[0], bounds: [first[0], last[0]],
    });
  }
}
ask();
