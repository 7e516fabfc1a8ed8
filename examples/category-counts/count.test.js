// The counts are those of the README and those of the table, although the counter is killed while it counts.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startServer } from "../../tests/clients/javascript/server.js";

const README = new URL("README.md", import.meta.url);
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

test("every change counts once", { timeout: 300_000 }, async (t) => {
  // Shards that last a second, so that there are many to follow. AWS's last about four hours.
  const server = await startServer("--shard-age", "1");
  t.after(async () => assert.equal(await server.stop(), 0));
  const env = { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: server.endpoint };
  const run = async (name) => (await promisify(execFile)(process.execPath, ["--no-warnings", path(name)], { env })).stdout;

  const [loaded, counted] = [...(await readFile(README, "utf8")).matchAll(/^```text\n(.*?)^```$/gms)].map(([, text]) => text);
  for (const _ of ["first", "again"]) {
    let loading = run("load.js").finally(() => (loading = undefined));
    const written = loading;
    await sleep(300);
    // Two counters at a time, which do not know of each other and do not get far.
    while (loading) {
      const counters = [1, 2].map(() =>
        spawn(process.execPath, ["--no-warnings", path("count.js"), "--follow"], { env, stdio: "ignore" }),
      );
      await Promise.race([loading, sleep(700)]);
      for (const counter of counters) counter.kill("SIGKILL");
    }
    assert.equal(await written, loaded);
    assert.equal(await run("count.js"), counted);
  }
});
