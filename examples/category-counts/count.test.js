// The counts are those of the README, although counters are killed while they count.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startServer } from "../../tests/clients/javascript/server.js";

const README = new URL("README.md", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const answers = [...(await readFile(README, "utf8")).matchAll(/^```text\n(.*?)^```$/gms)].map(([, text]) => text);

test("every change counts once", { timeout: 300_000 }, async (t) => {
  // Shards that last a second, so that there are many to follow. AWS's last about four hours.
  const server = await startServer("--shard-age", "1");
  t.after(async () => assert.equal(await server.stop(), 0));
  const env = { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: server.endpoint };
  const run = async (name) => (await promisify(execFile)(process.execPath, ["--no-warnings", path(name)], { env })).stdout;
  const follow = () =>
    spawn(process.execPath, ["--no-warnings", path("count.js"), "--follow"], { env, stdio: ["ignore", "pipe", "ignore"] });

  const [loaded, counted] = answers;
  assert.equal(await run("load.js"), loaded);
  for (let round = 0; round < 6; round++) {
    const loading = round % 3 === 0 ? run("load.js") : undefined;
    // Two counters at a time, which know nothing of each other and do not get far.
    const counters = [follow(), follow()];
    await Promise.all(counters.map((counter) => once(counter.stdout, "data")));
    await sleep(100 + 150 * round);
    for (const counter of counters) counter.kill("SIGKILL");
    if (loading) assert.equal(await loading, loaded);
  }
  assert.equal(await run("count.js"), counted);
});
