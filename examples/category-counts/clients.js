// The clients of the example, and the names of its tables.

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** The movies. This table has a stream. */
export const MOVIES = "CountedMovies";
/** How many there are of each genre, and how far the stream has been read. */
export const COUNTS = "MovieCounts";

const options = {
  endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? "http://127.0.0.1:8000",
  region: process.env.AWS_REGION ?? "us-east-1",
  // Any will do for `pixii dev`.
  ...(process.env.AWS_ACCESS_KEY_ID ? {} : { credentials: { accessKeyId: "example", secretAccessKey: "example" } }),
};

export const client = new DynamoDBClient(options);
export const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
/** Pixii serves both APIs at one address; AWS has one for each. */
export const streams = new DynamoDBStreamsClient(options);
