import { expect } from "chai";
import { type AccessLogOptions, createAccessLog } from "../../../src/observe/access-log.ts";
import { LineRing } from "../../../src/observe/line-ring.ts";
import { ScriptedFiles } from "../../support/scripted-files.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

/** An access log of JSON lines that logs everything unless told otherwise, and a way to what it has written. */
export function accessLogRig(options: Partial<AccessLogOptions> = {}) {
  const files = new ScriptedFiles();
  const ring = new LineRing({
    file: { fd: 1, owned: false },
    limitBytes: 1 << 20,
    lingerMs: 5,
    clock: new SteppedClock(),
    files,
  });
  const log = createAccessLog({
    format: "json",
    sample: 1,
    always: ["errors", "slow"],
    slowMs: 1000,
    mask: false,
    maskPrefixV4: 24,
    maskPrefixV6: 48,
    instance: "lb1",
    ring,
    random: { next: () => expect.fail("no draw was needed") },
    ...options,
  });
  const lines = async (): Promise<readonly string[]> => {
    const flushed = ring.flush(1000);
    while (files.inFlight !== undefined) files.take();
    await flushed;
    return files.text(1).split("\n").slice(0, -1);
  };
  /** The same as objects. */
  const entries = async (): Promise<readonly Record<string, unknown>[]> =>
    (await lines()).map((line) => JSON.parse(line));
  return { log, ring, lines, entries };
}
