/**
 * A program (`npm run test:nodes`): runs the tests of everything that depends on Node's internals or on its arithmetic with
 * other versions of Node, and compares what the skew benchmark writes there. The binaries come from the npm package `node`
 * and are kept in node_modules/.cache/nodes, or in the folder given as argument. Says a line per version; ends with 1 when
 * one of them fails.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
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

/** For one run with one version: several times what it takes on two cores. */
const LIMIT_MS = 600_000;

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
  const flags = ["--no-package", "--no-config", "--forbid-only", "--timeout", "20000"];
  const hooks = ["--require", join(tests, "support/no-hang.js")];
  const specs = SPECS.map((spec) => join(tests, spec));
  const { status, stdout, error } = spawnSync(binary, ["--enable-source-maps", mocha, ...flags, ...hooks, ...specs], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const full = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();
  const count = /(\d+) passing/.exec(stdout)?.[1] ?? "no";
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const passed = status === 0 && count !== "no";
  if (!passed) process.stdout.write(stdout);
  if (error !== undefined) process.stdout.write(`\nIt was ended after the last line above: ${error.message}\n`);
  process.stdout.write(`${full}: ${passed ? "passed" : "FAILED"}, ${count} tests passed in ${seconds} s\n`);
  return passed;
}

/** What `npm run bench:skew -- --quick` writes under a version of Node, as one hash. Throws when it fails. */
function skewHash(binary: string): string {
  const folder = mkdtempSync(join(tmpdir(), "lengket-skew-"));
  try {
    const program = fileURLToPath(new URL("../../bench/skew/main.js", import.meta.url));
    const { status, signal, stderr } = spawnSync(binary, [program, "--quick", "--out", folder], {
      cwd: root,
      encoding: "utf8",
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    if (status !== 0) throw new Error(`the skew benchmark ended with ${status ?? signal}: ${stderr}`);
    const hash = createHash("sha256");
    const files = readdirSync(folder).sort();
    if (!files.some((name) => name.endsWith(".json")) || !files.some((name) => name.endsWith(".svg"))) {
      throw new Error(`the skew benchmark wrote only ${files.join(", ")}`);
    }
    for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
    return hash.digest("hex");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether the skew benchmark writes the same bytes twice, and under every version. */
function writesSameBytes(): boolean {
  const first = skewHash(process.execPath);
  const others = [process.execPath, ...VERSIONS.map(binaryOf)].filter((binary) => skewHash(binary) !== first);
  const result = others.length === 0 ? "the same bytes twice and everywhere" : `OTHER BYTES with ${others.join(", ")}`;
  process.stdout.write(`skew benchmark, seed 1: ${result} (sha256 ${first.slice(0, 16)}…)\n`);
  return others.length === 0;
}

const results = [...VERSIONS.map(passes), writesSameBytes()];
process.exitCode = results.every((passed) => passed) ? 0 : 1;
