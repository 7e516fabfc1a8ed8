// Loads movies and airports into a DynamoDB and asks it ten questions about them.
//
//   npm ci && npm start
//
// The endpoint is AWS_ENDPOINT_URL_DYNAMODB, or http://127.0.0.1:8000. It makes and replaces three tables: VegaMovies,
// VegaAirports and VegaFlights.

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  paginateQuery,
  paginateScan,
} from "@aws-sdk/lib-dynamodb";
import { airports, movies } from "./data.js";
import { createTable, fill } from "./tables.js";

const MOVIES = "VegaMovies";
const AIRPORTS = "VegaAirports";
const FLIGHTS = "VegaFlights";

const client = new DynamoDBClient({
  endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? "http://127.0.0.1:8000",
  region: process.env.AWS_REGION ?? "us-east-1",
  // Any will do for `pixii dev`.
  ...(process.env.AWS_ACCESS_KEY_ID ? {} : { credentials: { accessKeyId: "example", secretAccessKey: "example" } }),
});
const documents = DynamoDBDocumentClient.from(client);

async function load() {
  await createTable(client, MOVIES, ["title:S", "released:S"], [
    { name: "by-genre", keys: ["genre:S", "rating:N"], include: ["votes"] },
    { name: "by-director", keys: ["director:S", "gross:N"] },
  ]);
  await createTable(client, AIRPORTS, ["iata:S"], [{ name: "by-state", keys: ["state:S", "city:S"] }]);
  await createTable(client, FLIGHTS, ["id:S"]);
  await fill(documents, MOVIES, await movies());
  await fill(documents, AIRPORTS, await airports());
}

const questions = {
  async "How many movies and airports are there? (Scan, four segments at a time, counting only)"() {
    const count = async (TableName) => {
      const pages = await segments(4, { TableName, Select: "COUNT" });
      return pages.reduce((sum, page) => sum + page.Count, 0);
    };
    return [`${await count(MOVIES)} movies, ${await count(AIRPORTS)} airports`];
  },

  async "Which is the best rated movie of each genre, by 50,000 votes or more? (Query of an index, backwards)"() {
    const genres = ["Action", "Adventure", "Comedy", "Drama", "Horror", "Western"];
    return Promise.all(
      genres.map(async (genre) => {
        const pages = paginateQuery(
          { client: documents },
          {
            TableName: MOVIES,
            IndexName: "by-genre",
            KeyConditionExpression: "genre = :genre",
            FilterExpression: "votes >= :enough",
            ExpressionAttributeValues: { ":genre": genre, ":enough": 50_000 },
            ScanIndexForward: false,
          },
        );
        const [best] = await all(pages);
        return `${genre.padEnd(9)}  ${best.rating}  ${best.title}`;
      }),
    );
  },

  async "Which three movies directed by Steven Spielberg earned most? (Query of an index with a limit)"() {
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: MOVIES,
        IndexName: "by-director",
        KeyConditionExpression: "director = :director",
        ExpressionAttributeValues: { ":director": "Steven Spielberg" },
        ScanIndexForward: false,
        Limit: 3,
      }),
    );
    return Items.map((movie) => `${millions(movie.gross)}  ${movie.title}`);
  },

  async "When was King Kong made? (Query of the table, a projection)"() {
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: MOVIES,
        KeyConditionExpression: "title = :title",
        ProjectionExpression: "released, budget",
        ExpressionAttributeValues: { ":title": "King Kong" },
      }),
    );
    return Items.map((movie) => `${movie.released}, for ${millions(movie.budget)}`);
  },

  async "Which movie that cost over 100 million dollars lost most? (Scan, a filter that compares two attributes)"() {
    const pages = await segments(4, {
      TableName: MOVIES,
      FilterExpression: "budget > :much AND gross > :nothing AND gross < budget",
      ExpressionAttributeValues: { ":much": 100_000_000, ":nothing": 0 },
    });
    const loss = (movie) => movie.budget - movie.gross;
    const [worst, ...others] = pages.flatMap((page) => page.Items).sort((a, b) => loss(b) - loss(a));
    return [`${worst.title}, ${millions(loss(worst))}; ${others.length} others did not earn what they cost`];
  },

  async "Which three states have the most airports? (Scan, four segments at a time, one attribute)"() {
    const pages = await segments(4, {
      TableName: AIRPORTS,
      ProjectionExpression: "#state",
      ExpressionAttributeNames: { "#state": "state" },
    });
    const counts = new Map();
    for (const { state } of pages.flatMap((page) => page.Items)) counts.set(state, (counts.get(state) ?? 0) + 1);
    const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
    return [most.map(([state, count]) => `${state} ${count}`).join(", ")];
  },

  async "Which airports are in Alaskan cities that begin with Ke? (Query of an index, begins_with)"() {
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: AIRPORTS,
        IndexName: "by-state",
        KeyConditionExpression: "#state = :state AND begins_with(city, :city)",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":state": "AK", ":city": "Ke" },
      }),
    );
    return Items.map((airport) => `${airport.iata}  ${airport.city}`);
  },

  async "How far is it from Seattle to New York? (BatchGetItem, a path in its projection)"() {
    const { Responses } = await documents.send(
      new BatchGetCommand({
        RequestItems: {
          [AIRPORTS]: {
            Keys: [{ iata: "SEA" }, { iata: "JFK" }],
            ProjectionExpression: "#position.latitude, #position.longitude",
            ExpressionAttributeNames: { "#position": "position" },
          },
        },
      }),
    );
    const [from, to] = Responses[AIRPORTS].map((airport) => airport.position);
    return [`${kilometres(from, to)} km`];
  },

  async "Ada gives Alien nine points, twice. How many points has it? (UpdateItem with a condition)"() {
    const give = (points) =>
      documents.send(
        new UpdateCommand({
          TableName: MOVIES,
          Key: { title: "Alien", released: "1979-05-25" },
          UpdateExpression: "SET points.#who = :points ADD pointsTotal :points",
          ConditionExpression: "attribute_exists(title) AND attribute_not_exists(points.#who)",
          ExpressionAttributeNames: { "#who": "Ada" },
          ExpressionAttributeValues: { ":points": points },
          ReturnValues: "UPDATED_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
    await documents.send(
      new UpdateCommand({
        TableName: MOVIES,
        Key: { title: "Alien", released: "1979-05-25" },
        UpdateExpression: "SET points = :none",
        ExpressionAttributeValues: { ":none": {} },
      }),
    );
    const { Attributes } = await give(9);
    const refused = await give(9).then(() => "nothing", (error) => error.name);
    return [`${Attributes.pointsTotal}; the second time she is told ${refused}`];
  },

  async "Ada and Bob want the last seat from Seattle to New York. Who flies? (TransactWriteItems over two tables)"() {
    await documents.send(new PutCommand({ TableName: FLIGHTS, Item: { id: "SEA-JFK", seats: 1, passengers: [] } }));
    const exists = (iata) => ({
      ConditionCheck: { TableName: AIRPORTS, Key: { iata }, ConditionExpression: "attribute_exists(iata)" },
    });
    const book = (who) =>
      documents.send(
        new TransactWriteCommand({
          TransactItems: [
            exists("SEA"),
            exists("JFK"),
            {
              Update: {
                TableName: FLIGHTS,
                Key: { id: "SEA-JFK" },
                UpdateExpression: "SET seats = seats - :one, passengers = list_append(passengers, :who)",
                ConditionExpression: "seats >= :one",
                ExpressionAttributeValues: { ":one": 1, ":who": [who] },
              },
            },
          ],
        }),
      );
    const booked = async (who) => {
      try {
        await book(who);
        return `${who} flies`;
      } catch (error) {
        const reasons = error.CancellationReasons.map((reason) => reason.Code);
        return `${who} is told ${error.name} [${reasons.join(", ")}]`;
      }
    };
    return [await booked("Ada"), await booked("Bob")];
  },
};

/** All pages of a Scan whose segments run side by side. */
async function segments(TotalSegments, input) {
  const ofSegment = async (Segment) => {
    const pages = [];
    for await (const page of paginateScan({ client: documents }, { ...input, Segment, TotalSegments })) pages.push(page);
    return pages;
  };
  return (await Promise.all(Array.from({ length: TotalSegments }, (_, segment) => ofSegment(segment)))).flat();
}

async function all(pages) {
  const items = [];
  for await (const page of pages) items.push(...page.Items);
  return items;
}

function millions(dollars) {
  return `$${(dollars / 1e6).toFixed(1)} million`;
}

/** Great-circle distance. */
function kilometres(from, to) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const half = (a, b) => Math.sin(radians(b - a) / 2) ** 2;
  const across = Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude));
  const h = half(from.latitude, to.latitude) + across * half(from.longitude, to.longitude);
  return Math.round(2 * 6371 * Math.asin(Math.sqrt(h)));
}

await load();
for (const [number, [question, answer]] of Object.entries(questions).entries()) {
  console.log(`${number + 1}. ${question}`);
  for (const line of await answer()) console.log(`   ${line}`);
}
client.destroy();
