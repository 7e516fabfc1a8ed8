// Starts and stops the server under test: PIXII_TEST_ENDPOINT, or a binary of our own on a free port. The binary is
// PIXII_BINARY, or what cargo last built.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const READY_MILLISECONDS_MAX = 10_000;

function binary() {
  if (process.env.PIXII_BINARY) return process.env.PIXII_BINARY;
  const target = process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, "target");
  const built = ["release", "debug"].map((profile) => join(target, profile, "pixii")).find(existsSync);
  if (!built) throw new Error("no built server: run `cargo build --release -p pixii`, or name one in PIXII_BINARY");
  return built;
}

/** Starts a server and returns its endpoint and how to stop it. */
export async function startServer(...options) {
  if (process.env.PIXII_TEST_ENDPOINT) {
    return { endpoint: process.env.PIXII_TEST_ENDPOINT, stop: async () => 0 };
  }
  const child = spawn(binary(), ["dev", "--port", "0", "--log-level", "warn", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  const overdue = setTimeout(() => child.kill("SIGKILL"), READY_MILLISECONDS_MAX);
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once("line", resolve)),
    exited.then((code) => `exit code ${code}`),
  ]);
  clearTimeout(overdue);
  const found = /https?:\/\/[^\s/]+/.exec(line);
  if (!found) throw new Error(`the server did not become ready: ${line}`);
  return {
    endpoint: found[0],
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

/** What a client is made with: the endpoint, and credentials that `pixii dev` takes where the environment has none. */
export function clientOptions(endpoint) {
  const given = process.env.AWS_ACCESS_KEY_ID
    ? {}
    : { credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" } };
  return { endpoint, region: process.env.AWS_REGION ?? "us-east-1", ...given };
}
