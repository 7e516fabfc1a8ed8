// The movies and airports of the vega-datasets package, as items.

import { readFile } from "node:fs/promises";
import { csvParse } from "d3-dsv";

const PACKAGE = new URL("..", import.meta.resolve("vega-datasets"));
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** 3,201 movies. What is not known about one is left out, so that the indexes are sparse. */
export async function movies() {
  const rows = JSON.parse(await readFile(new URL("data/movies.json", PACKAGE), "utf8"));
  return rows.map((row) =>
    known({
      title: String(row.Title ?? "(no title)"),
      released: isoDate(row["Release Date"]),
      genre: row["Major Genre"],
      director: row.Director,
      rating: row["IMDB Rating"],
      votes: row["IMDB Votes"],
      budget: row["Production Budget"],
      gross: row["Worldwide Gross"],
      minutes: row["Running Time min"],
    }),
  );
}

/** 3,376 airports. */
export async function airports() {
  const rows = csvParse(await readFile(new URL("data/airports.csv", PACKAGE), "utf8"));
  return rows.map(({ latitude, longitude, ...row }) =>
    known({ ...row, position: { latitude: Number(latitude), longitude: Number(longitude) } }),
  );
}

/** "Jun 12 1998" as 1998-06-12, which sorts. */
function isoDate(text) {
  const [month, day, year] = text.split(" ");
  return `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, "0")}-${day}`;
}

function known(item) {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null && value !== ""));
}
