import {
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { WatchedFile, type WatchedFileDeps } from "../../../src/control/discovery/watched-file.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { SteppedClock } from "../../support/stepped-clock.ts";

/** What was reported, and a way to wait for the next report. */
class Reports {
  readonly all: string[] = [];
  #waiting: (() => void) | undefined;

  add(report: string): void {
    this.all.push(report);
    this.#waiting?.();
  }

  async count(wanted: number): Promise<readonly string[]> {
    while (this.all.length < wanted) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    return this.all;
  }
}

const SETTLE_MS = 15;
const POLL_MS = 60_000;

describe("WatchedFile", () => {
  let folder: string;
  let path: string;
  let watched: WatchedFile;
  let reports: Reports;
  // The timers of the clock do not hold the process; this does while a test waits.
  let hold: NodeJS.Timeout;

  async function watchIt(
    more: { readonly pollMs?: number } & Partial<Pick<WatchedFileDeps, "watchDirectory" | "clock">> = {},
  ) {
    const { pollMs = POLL_MS, ...deps } = more;
    const mine = new Reports();
    reports = mine;
    watched = new WatchedFile(
      { path, settleMs: SETTLE_MS, pollMs },
      { clock: systemClock, onChange: () => mine.add("changed"), onProblem: (problem) => mine.add(problem), ...deps },
    );
    await watched.start();
  }

  /** Nothing happens but what the test does. */
  async function watchByHand() {
    const clock = new SteppedClock();
    let announce = (): void => {};
    const watchDirectory = ((_folder: string, _options: object, listener: () => void) => {
      announce = listener;
      return { on: () => {}, close: () => {} };
    }) as unknown as typeof watch;
    await watchIt({ clock, watchDirectory });
    // A look that the clock began is over when it has set the next timer.
    const looked = async (): Promise<void> => {
      while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    return { clock, looked, announce: () => announce() };
  }

  beforeEach(() => {
    hold = setInterval(() => {}, 60_000);
    folder = mkdtempSync(join(realpathSync(tmpdir()), "watched-"));
    path = join(folder, "backends.txt");
    writeFileSync(path, "a=127.0.0.1:1");
  });

  afterEach(() => {
    watched.stop();
    clearInterval(hold);
    rmSync(folder, { recursive: true, force: true });
  });

  it("reports a file written in place", async () => {
    await watchIt();
    writeFileSync(path, "b=127.0.0.1:1");
    expect(await reports.count(1)).to.deep.equal(["changed"]);
  });

  it("reports a file that another one is renamed over, each time", async () => {
    await watchIt();
    for (let i = 1; i <= 3; i++) {
      writeFileSync(join(folder, ".new"), "a=127.0.0.1:1");
      renameSync(join(folder, ".new"), path);
      expect(await reports.count(i)).to.have.length(i);
    }
  });

  it("reports a swapped link next to it, as Kubernetes updates a ConfigMap", async () => {
    rmSync(path);
    for (const version of ["v1", "v2"]) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, "backends.txt"), version);
    }
    symlinkSync("v1", join(folder, "..data"));
    symlinkSync("..data/backends.txt", path);
    await watchIt();
    symlinkSync("v2", join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    expect(await reports.count(1)).to.deep.equal(["changed"]);
  });

  it("reports neither neighbours nor one change twice", async () => {
    await watchIt();
    for (let i = 0; i < 20; i++) writeFileSync(join(folder, `neighbour${i}`), "x");
    writeFileSync(path, "one");
    await reports.count(1);
    for (let i = 0; i < 20; i++) writeFileSync(join(folder, `neighbour${i}`), "y");
    writeFileSync(path, "two");
    expect(await reports.count(2)).to.deep.equal(["changed", "changed"]);
  });

  it("says once that the file is gone, and that it is another one when it is back", async () => {
    await watchIt({ pollMs: 20 });
    rmSync(path);
    expect((await reports.count(1))[0]).to.include("no such file");
    writeFileSync(path, "back");
    expect((await reports.count(2)).slice(1)).to.deep.equal(["changed"]);
  });

  it("waits for a file that is not there yet", async () => {
    rmSync(path);
    await watchIt({ pollMs: 20 });
    expect(reports.all).to.have.length(1);
    writeFileSync(path, "first");
    expect((await reports.count(2))[1]).to.equal("changed");
  });

  it("polls where watching is impossible", async () => {
    await watchIt({
      pollMs: 20,
      watchDirectory: () => {
        throw new Error("ENOSPC: no inotify watches left");
      },
    });
    writeFileSync(path, "polled");
    expect(await reports.count(1)).to.deep.equal(["changed"]);
  });

  it("makes another watcher when one breaks", async () => {
    const made: FSWatcher[] = [];
    const counting = ((folder: string, options: { readonly persistent: boolean }, listener: () => void) => {
      const watcher = watch(folder, options, listener);
      made.push(watcher);
      return watcher;
    }) as typeof watch;
    await watchIt({ pollMs: 20, watchDirectory: counting });
    made[0]?.emit("error", new Error("EIO"));
    writeFileSync(path, "polled");
    expect(await reports.count(1)).to.deep.equal(["changed"]);
    expect(made).to.have.length(2);
  });

  it("says so once, however often it looks, until the file is back", async () => {
    const { clock, looked } = await watchByHand();
    rmSync(path);
    for (let looks = 0; looks < 5; looks++) {
      clock.advance(POLL_MS);
      await looked();
    }
    expect(reports.all).to.have.length(1);
  });

  it("lets a version settle for its whole time, however much is announced meanwhile", async () => {
    const { clock, looked, announce } = await watchByHand();
    writeFileSync(path, "half of it");
    clock.advance(POLL_MS);
    await looked();
    for (let i = 0; i < 3; i++) {
      announce();
      await stat(path);
    }
    expect(reports.all).to.deep.equal([]);
    clock.advance(SETTLE_MS);
    await looked();
    expect(reports.all).to.deep.equal(["changed"]);
  });

  it("reports nothing after it was stopped", async () => {
    await watchIt({ pollMs: 5 });
    watched.stop();
    const stopped = reports;
    writeFileSync(path, "unseen");
    // A second watcher of the same folder reports later than the first one would have.
    await watchIt({ pollMs: 5 });
    writeFileSync(path, "seen by the second");
    await reports.count(1);
    expect(stopped.all).to.deep.equal([]);
  });
});
