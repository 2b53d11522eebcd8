// What stands at a tick of an axis that counts the days of trading: no more than the ticks need, and the year where it
// changes. `days` has the moment of each place.
const date = (place) => new Date(days.data.day[place]);
const year = (place) => String(date(place).getUTCFullYear());
const are_close = ticks.length < 2 || ticks[1] - ticks[0] <= 10;
const are_years = !are_close && ticks.every((place) => date(place).getUTCMonth() === 0);
if (are_years && ticks.length > 1) return year(tick);
const month = date(tick).toLocaleDateString("en-US", { timeZone: "UTC", month: "short" });
const text = are_close ? `${String(date(tick).getUTCDate()).padStart(2, "0")} ${month}` : month;
return index === 0 || year(tick) !== year(ticks[index - 1]) ? `${text}\n${year(tick)}` : text;
