/**
 * For mocha's `--require`: a run that hangs is ended, says where, and fails. Mocha has a time limit for each test, but that is
 * of no use against code that never gives control back, nor against what is left when the tests are done.
 */
import { Worker } from "node:worker_threads";

/** The longest that any test computes without a pause is a fraction of this. In its place: the environment variable of that name. */
const STUCK_MS = 300_000;

/** For everything that the tests have begun to end by itself. */
const END_MS = 10_000;

const BEAT_MS = 1_000;

/** What a watcher is given. */
export interface Watched {
  /** Changes as long as the event loop goes round. */
  readonly beats: Int32Array;
  readonly stuckMs: number;
}

/** Called by mocha once, before the first test. */
export function mochaGlobalSetup(): void {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const stuckMs = Number(process.env["STUCK_MS"] ?? STUCK_MS);
  const workerData: Watched = { beats, stuckMs };
  new Worker(new URL("./stuck-watcher.js", import.meta.url), { workerData }).unref();
  setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref();
}

/** Called by mocha once, after the last test. */
export function mochaGlobalTeardown(): void {
  // Without a reference it waits only as long as something else does.
  setTimeout(() => {
    const alive = handles().filter((handle) => handle.is_active && handle.is_referenced);
    fail("The tests are done, but the process does not end. It is kept alive by", alive);
  }, END_MS).unref();
  // Node would close those that it knows; for one that it takes for closed it would wait for ever, computing.
  process.once("beforeExit", () => {
    const left = handles().filter((handle) => handle.type === "tcp");
    if (left.length > 0) fail("The tests have left sockets open; close them in the test that opens them", left);
  });
}

interface Handle {
  readonly type: string;
  readonly is_active: boolean;
  readonly is_referenced: boolean;
}

function handles(): readonly Handle[] {
  const { libuv } = process.report.getReport() as unknown as { readonly libuv: readonly Handle[] };
  return libuv.filter(({ type }) => type !== "loop");
}

/** Ends the process at once, as one whose tests have failed. */
function fail(what: string, found: readonly Handle[]): void {
  process.stderr.write(`${what}:\n${found.map((handle) => `  ${JSON.stringify(handle)}\n`).join("")}`);
  // After mocha's own listener, which sets the number of failures.
  process.once("exit", () => {
    process.exitCode ||= 1;
  });
  process.exit();
}
