// The places of ticks on an axis that counts the days of trading: every so many of them, or the first one of each month,
// quarter, year … `days` has the moment of each place.
const { day } = days.data;
const first = Math.max(Math.ceil(cb_data.start), 0);
const last = Math.min(Math.floor(cb_data.end), day.length - 1);
const most = 9;
const step = [1, 2, 5, 10].find((step) => (last - first) / step < most);
const ticks = [];
if (step !== undefined) {
  for (let place = Math.ceil(first / step) * step; place <= last; place += step) ticks.push(place);
  return ticks;
}
const month = (place) => {
  const date = new Date(day[place]);
  return 12 * date.getUTCFullYear() + date.getUTCMonth();
};
const n_months = month(last) - month(first);
const period = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600].find((period) => n_months / period < most) ?? 1200;
for (let place = Math.max(first, 1); place <= last; place++)
  if (Math.floor(month(place) / period) !== Math.floor(month(place - 1) / period)) ticks.push(place);
return ticks;
