// The lines of one tooltip for all series: of each the value at the moment that is nearest to the pointer, if the series
// has one near. `format` is the place of a series, or "date".
function nearest(x, value) {
  let low = 0, high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < value) low = middle + 1; else high = middle;
  }
  return low > 0 && (low === x.length || value - x[low - 1] <= x[low] - value) ? low - 1 : low;
}
const near = 6 * (x_range.end - x_range.start) / Math.max(plot.inner_width, 1);
let moment = NaN;
for (const { data: { x } } of sources) {
  if (x.length === 0) continue;
  const found = x[nearest(x, value)];
  if (!(Math.abs(found - value) >= Math.abs(moment - value))) moment = found;
}
if (format === "date") {
  if (!isFinite(moment)) return "";
  const text = new Date(moment).toISOString().replace("T", " ").replace("Z", "");
  return words.data.has_times[0] ? text.replace(/\.000$/, "") : text.slice(0, -13);
}
const { x, y } = sources[Number(format)].data;
if (x.length === 0) return "–";
const place = nearest(x, moment);
if (Math.abs(x[place] - moment) > near) return "–";
return isFinite(y[place]) ? y[place].toLocaleString("en", { maximumSignificantDigits: 7 }) : "missing";
