/**
 * A program for test/integration/access-log-stuck-reader.test.ts: writes access log lines to its standard output as fast
 * as it can, then says what that did to it. Every message to the parent is one JSON line on standard error.
 * Arguments: number of lines, deadline of the last flush in ms.
 */
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
const RING = { limitBytes: 4 << 20, lingerMs: 10, clock: systemClock } as const;

const [lines = 0, flushMs = 0] = process.argv.slice(2).map(Number);

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
  /** CPU time of the turn of the event loop that is slower than 99 in 100. What others do on the machine is not in it. */
  readonly turnP99Ms: number;
}

/** Writes all lines to `accessLog`, in small bursts. */
async function load(accessLog: AccessLog): Promise<Effect> {
  let rssMost = 0;
  let id = 0;
  const turnsMs: number[] = [];
  while (id < lines) {
    const before = process.cpuUsage();
    for (let i = 0; i < BURST; i++) accessLog.write(recordNumber(++id));
    await new Promise((resolve) => setImmediate(resolve));
    const { user, system } = process.cpuUsage(before);
    turnsMs.push((user + system) / 1000);
    rssMost = Math.max(rssMost, process.memoryUsage.rss());
  }
  turnsMs.sort((a, b) => a - b);
  return { rssMost, turnP99Ms: turnsMs[Math.floor(turnsMs.length * 0.99)] ?? Number.NaN };
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
  turnP99Ms: stuck.turnP99Ms,
});
const flushed = await ring.flush(flushMs);
ring.close();
log.info("done", { event: "done", flushed, appended: ring.appended, written: ring.written, dropped: ring.dropped });
await errors.flush(1000);
// As the balancer ends: this must not wait for a write that nobody reads.
process.exit(0);
