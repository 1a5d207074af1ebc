/**
 * A program (`npm run test:nodes`): runs the tests of everything that depends on Node's internals or on its arithmetic with
 * other versions of Node. The binaries come from the npm package `node` and are kept in node_modules/.cache/nodes, or in
 * the folder given as argument. Says a line per version; ends with 1 when one of them fails.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const VERSIONS = ["22", "24", "26"] as const;

const SPECS = [
  ...["path", "platform", "proxy-protocol", "hashing", "http"].map((folder) => `unit/${folder}/*.test.js`),
  "unit/path/http/*.test.js",
  "unit/skew/**/*.test.js",
  ...["half-duplex", "connection-life", "proxy-protocol", "hashing", "http-*", "skew-*"].map(
    (name) => `property/${name}.property.test.js`,
  ),
  "golden/*.test.js",
  ...["relay-bytes", "polite-end", "killed-peers", "proxy-protocol", "listeners", "sticky-clients"].map(
    (name) => `integration/${name}.test.js`,
  ),
  ...["dying-upstreams", "upstreams", "many-users", "limits", "time-limits", "listeners"].map(
    (name) => `integration/http/${name}.test.js`,
  ),
  "soak/bulk.test.js",
  "soak/http-bulk.test.js",
];

/** npm runs scripts in the folder of package.json. */
const root = process.cwd();
const tests = fileURLToPath(new URL("../", import.meta.url));
const cache = process.argv[2] ?? join(root, "node_modules", ".cache", "nodes");

/** The binary of a version; installs it when it is not there. Throws when that fails. */
function binaryOf(version: string): string {
  const folder = join(cache, version);
  const binary = join(folder, "node_modules", "node", "bin", "node");
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const installed = spawnSync("npm", ["install", "--prefix", folder, ...flags, `node@${version}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (installed.status !== 0 || !existsSync(binary)) throw new Error(`node@${version} cannot be installed`);
  return binary;
}

/** Runs the tests; true when they passed. */
function passes(version: string): boolean {
  const binary = binaryOf(version);
  const startedMs = performance.now();
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  // The package's own configuration would add all other tests.
  const flags = ["--no-package", "--no-config", "--enable-source-maps", "--forbid-only", "--timeout", "20000"];
  const { status, stdout } = spawnSync(binary, [mocha, ...flags, ...SPECS.map((spec) => join(tests, spec))], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
  const full = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();
  const count = /(\d+) passing/.exec(stdout)?.[1] ?? "no";
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const passed = status === 0 && count !== "no";
  if (!passed) process.stdout.write(stdout);
  process.stdout.write(`${full}: ${passed ? "passed" : "FAILED"}, ${count} tests passed in ${seconds} s\n`);
  return passed;
}

const results = VERSIONS.map(passes);
process.exitCode = results.every((passed) => passed) ? 0 : 1;
