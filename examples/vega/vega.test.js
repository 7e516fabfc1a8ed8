// The example answers what the README says it answers, also when it is run again.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startServer } from "../../tests/clients/javascript/server.js";

const README = new URL("../../README.md", import.meta.url);
const EXAMPLE = fileURLToPath(new URL("vega.js", import.meta.url));

test("the answers are those in the README", async (t) => {
  const server = await startServer();
  t.after(async () => assert.equal(await server.stop(), 0));
  const blocks = [...(await readFile(README, "utf8")).matchAll(/^```text\n(1\. How many movies.*?)^```$/gms)];
  assert.equal(blocks.length, 1);
  for (const _ of ["first", "again"]) {
    const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", EXAMPLE], {
      env: { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: server.endpoint },
    });
    assert.equal(stdout, blocks[0][1]);
  }
});
