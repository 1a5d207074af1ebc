import { expect } from "chai";
import { closeOutlets } from "../../../src/cli/logs.ts";
import { LineRing } from "../../../src/observe/line-ring.ts";
import type { LogFile } from "../../../src/observe/log-file.ts";
import { systemClock } from "../../../src/platform/clock.ts";

type Outlet = Parameters<typeof closeOutlets>[0][number];
type Written = (error: null, count: number) => void;

describe("closeOutlets", () => {
  /** An outlet with a line on its way. `isTaken`: the reader takes it; otherwise the write never comes back. */
  function outlet(file: LogFile, isTaken: boolean): Outlet {
    const write = (_fd: number, _bytes: Uint8Array, _offset: number, length: number, done: Written): void => {
      if (isTaken) setImmediate(() => done(null, length));
    };
    const files = { write, open: () => {}, close: () => {} };
    const ring = new LineRing({ file, limitBytes: 1000, lingerMs: 0, clock: systemClock, files });
    ring.append("a line");
    return { file, ring };
  }

  it("says yes when all was written", async () => {
    const terminal: LogFile = { fd: 2, owned: false, mayBlock: true };
    expect(await closeOutlets([outlet({ fd: 1, owned: false }, true), outlet(terminal, true)], 5000)).to.equal(true);
  });

  it("says no when a write to a terminal has not come back: it would keep the process from ending", async () => {
    const terminal: LogFile = { fd: 2, owned: false, mayBlock: true };
    const other = outlet({ fd: 1, owned: false }, true);
    expect(await closeOutlets([other, outlet(terminal, false)], 10)).to.equal(false);
    expect(other.ring.written).to.equal(1);
  });

  it("gives up what cannot be written, and says yes, where no write waits", async () => {
    const full = outlet({ fd: 1, owned: false }, false);
    expect(await closeOutlets([full], 10)).to.equal(true);
  });
});
