/**
 * A program for test/integration/access-log-stuck-reader.test.ts: writes access log lines to its standard output as fast
 * as it can for `loadMs`, then says what that did to it. Every message to the parent is one JSON line on standard error.
 * Arguments: load in ms, deadline of the last flush in ms.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import { type AccessLog, createAccessLog } from "../../src/observe/access-log.ts";
import { LineRing } from "../../src/observe/line-ring.ts";
import { createLog } from "../../src/observe/log.ts";
import { openLogFile } from "../../src/observe/log-file.ts";
import { reportRing } from "../../src/observe/report-ring.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { sampleRecord } from "./sample-record.ts";

/** Lines in one turn of the event loop: 0.5 ms of work or so. */
const BURST = 200;
/** Odd, so that there is one in the middle. */
const WINDOWS = 7;
const RING = { limitBytes: 4 << 20, lingerMs: 10, clock: systemClock } as const;

const [loadMs = 0, flushMs = 0] = process.argv.slice(2).map(Number);

const errors = new LineRing({ file: openLogFile("stderr"), limitBytes: 1 << 20, lingerMs: 0, clock: systemClock });
const log = createLog({
  ...{ level: "info", format: "json", instance: "flood", isTTY: false, color: false },
  ...{ ring: errors, clock: systemClock },
});

function accessLogOn(ring: LineRing): AccessLog {
  return createAccessLog({
    ...{ format: "json", sample: 1, always: [], slowMs: 1000, mask: false, maskPrefixV4: 24, maskPrefixV6: 48 },
    ...{ instance: "flood", ring, random: systemRandom },
  });
}

/** As in life, hardly a number comes twice. */
function recordNumber(id: number): ConnectionRecord {
  const totalMs = id * 0.377;
  return sampleRecord({
    ...{ id, acceptedAtMs: Date.now(), client: { address: "203.0.113.77", port: 1024 + (id % 60_000) } },
    ...{ connectMs: totalMs / 100, totalMs, bytesIn: id * 3, bytesOut: id * 101 },
  });
}

interface Effect {
  /** The largest resident set seen. */
  readonly rssMost: number;
  /** The middle one of the windows' 99th percentiles: a hiccup of a busy machine falls into few windows, a slow log into all. */
  readonly delayP99Ms: number;
}

/** Writes to `accessLog` for `loadMs`, in small bursts. */
async function load(accessLog: AccessLog): Promise<Effect> {
  let rssMost = 0;
  let id = 0;
  const p99s: number[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const untilMs = performance.now() + loadMs / WINDOWS;
    while (performance.now() < untilMs) {
      for (let i = 0; i < BURST; i++) accessLog.write(recordNumber(++id));
      await new Promise((resolve) => setImmediate(resolve));
      rssMost = Math.max(rssMost, process.memoryUsage.rss());
    }
    delays.disable();
    p99s.push(delays.percentile(99) / 1e6);
  }
  return { rssMost, delayP99Ms: p99s.sort((a, b) => a - b)[WINDOWS >> 1] ?? Number.NaN };
}

// The same load on a reader that is never stuck: V8 lets its young generation grow to its full size (about 40 MB) under
// any load, and that is not what is measured.
const idleRing = new LineRing({ file: openLogFile({ path: "/dev/null" }), ...RING });
const before = await load(accessLogOn(idleRing));
idleRing.close();

const ring = new LineRing({ file: openLogFile("stdout"), ...RING });
reportRing(ring, "the access log", log);
const stuck = await load(accessLogOn(ring));

log.info("loaded", {
  event: "loaded",
  appended: ring.appended,
  dropped: ring.dropped,
  grownBytes: stuck.rssMost - before.rssMost,
  delayP99Ms: stuck.delayP99Ms,
});
const flushed = await ring.flush(flushMs);
ring.close();
log.info("done", { event: "done", flushed, appended: ring.appended, written: ring.written, dropped: ring.dropped });
await errors.flush(1000);
// As the balancer ends: this must not wait for a write that nobody reads.
process.exit(0);
