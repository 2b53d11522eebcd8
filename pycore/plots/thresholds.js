// Shows the chosen class and part at the costs that are set, and says what the chosen threshold and the cheapest do.
const part = parts === null ? 0 : parts.active;
const label = labels === null ? 0 : Number(labels.value);
const [start, end] = blocks[part][label];
const block = {};
for (const [name, values] of Object.entries(all.data)) block[name] = values.slice(start, end);
const { threshold, false_positive, false_negative } = block;
const [price_positive, price_negative] = [positive.value ?? 0, negative.value ?? 0];
block.cost = Float64Array.from(threshold, (_, place) =>
  price_positive * false_positive[place] + price_negative * false_negative[place]);

const nearest = (wanted) => {
  const distances = Array.from(threshold, (each) => Math.abs(each - wanted));
  return distances.indexOf(Math.min(...distances));
};
// Of several that cost the same, the one in the middle of the scale.
const from_middle = (place) => Math.abs(threshold[place] - 0.5);
let cheapest = 0;
for (let place = 1; place < threshold.length; place++) {
  const more = block.cost[place] - block.cost[cheapest];
  if (more < 0 || (more === 0 && from_middle(place) < from_middle(cheapest))) cheapest = place;
}
if (is_asked && threshold.length > 0) slider.value = threshold[cheapest];
const chosen = nearest(slider.value);

if (cb_obj !== slider && !is_asked) {
  shown.data = block;
  best.data = { threshold: threshold.slice(cheapest, cheapest + 1), cost: block.cost.slice(cheapest, cheapest + 1) };
}
for (const span of spans) span.location = threshold.length > 0 ? threshold[chosen] : slider.value;

const fixed = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
const plain = (value) => (Number.isFinite(value) ? value.toLocaleString("en", { maximumSignificantDigits: 6 }) : "–");
const row = (name, place) => {
  const cells = [fixed(threshold[place], 2), ...rates.map((rate) => fixed(block[rate][place], 3))];
  cells.push(...[false_positive, false_negative, block.cost].map((values) => plain(values[place])));
  return `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
};
const heads = ["", "threshold", ...rates, "false positives", "false negatives", "cost"];
const head = heads.map((each) => `<th scope="col">${each}</th>`).join("");
const body = row("chosen", chosen) + row("cheapest", cheapest);
said.text = `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
