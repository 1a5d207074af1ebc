/**
 * A program for test/integration/access-log-stuck-reader.test.ts: fills its standard output beyond what a pipe holds,
 * flushes for 100 ms, says on standard error how that went, and ends. It imports nothing that looks at process.stdout.
 */
import { writeSync } from "node:fs";
import { LineRing } from "../../src/observe/line-ring.ts";
import { openLogFile } from "../../src/observe/log-file.ts";
import { systemClock } from "../../src/platform/clock.ts";

const ring = new LineRing({ file: openLogFile("stdout"), limitBytes: 1 << 20, lingerMs: 0, clock: systemClock });
for (let i = 0; i < 1000; i++) ring.append("x".repeat(999));
const flushed = await ring.flush(100);
writeSync(2, `${JSON.stringify({ event: "done", flushed, written: ring.written })}\n`);
process.exit(0);
