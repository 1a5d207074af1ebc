import { expect } from "chai";
import { FD, setUp } from "./line-ring-rig.ts";

describe("LineRing", () => {
  it("writes at once, one write in flight, and gathers what comes meanwhile", () => {
    const { files, ring } = setUp();
    ring.append("one");
    ring.append("two");
    ring.append("three");
    expect(files.inFlight).to.equal("one\n");
    files.take();
    expect(files.inFlight).to.equal("two\nthree\n");
    files.take();
    expect(files.inFlight).to.equal(undefined);
    expect(files.text(FD)).to.equal("one\ntwo\nthree\n");
    expect([ring.appended, ring.written, ring.dropped]).to.deep.equal([3, 3, 0]);
  });

  it("lets lines wait for each other when asked to", () => {
    const { clock, files, ring } = setUp({ lingerMs: 10 });
    ring.append("one");
    clock.advance(9);
    ring.append("two");
    expect(files.inFlight).to.equal(undefined);
    clock.advance(1);
    expect(files.inFlight).to.equal("one\ntwo\n");
    ring.append("three");
    files.take();
    expect(files.inFlight).to.equal(undefined);
    clock.advance(10);
    expect(files.inFlight).to.equal("three\n");
  });

  it("does not wait any longer when a batch is full, and writes at most 64 KiB at a time", () => {
    const { files, ring } = setUp({ lingerMs: 10, limitBytes: 1 << 20 });
    const line = "x".repeat(999);
    for (let i = 0; i < 65; i++) ring.append(line);
    expect(files.inFlight).to.equal(undefined);
    for (let i = 0; i < 100; i++) ring.append(line);
    // 65 lines are what fits into 65,536 bytes.
    expect(files.inFlight).to.have.length(65_000);
    files.take();
    expect(files.inFlight).to.have.length(65_000);
    files.take();
    expect(files.inFlight).to.equal(undefined); // 35 lines, which wait for more
  });

  it("continues a write that was taken in part", () => {
    const { files, ring } = setUp();
    ring.append("abcdef");
    files.take(2);
    expect(files.inFlight).to.equal("cdef\n");
    expect(ring.written).to.equal(0);
    files.take();
    expect(files.text(FD)).to.equal("abcdef\n");
    expect(ring.written).to.equal(1);
  });

  it("tries a full pipe again after a growing delay, short again after a success", () => {
    const { clock, files, ring, changes } = setUp();
    ring.append("abc");
    for (const delayMs of [1, 2, 4, 8, 16, 32, 50, 50]) {
      files.refuse("EAGAIN");
      clock.advance(delayMs - 0.5);
      expect(files.inFlight, `before ${delayMs} ms`).to.equal(undefined);
      clock.advance(0.5);
      expect(files.inFlight, `after ${delayMs} ms`).to.equal("abc\n");
    }
    files.take(1);
    files.refuse("EAGAIN");
    clock.advance(1);
    expect(files.inFlight).to.equal("bc\n");
    files.take();
    expect(files.text(FD)).to.equal("abc\n");
    expect(changes).to.deep.equal([]);
  });

  it("takes a write of nothing for a full pipe, not for a reason to spin", () => {
    const { clock, files, ring } = setUp();
    ring.append("abc");
    files.take(0);
    expect(files.inFlight).to.equal(undefined);
    clock.advance(1);
    expect(files.inFlight).to.equal("abc\n");
  });

  it("drops whole new lines when full, counts them, tells once, and says when it is over", () => {
    const { files, ring, changes } = setUp();
    const line = "123456789";
    for (let i = 0; i < 7; i++) ring.append(line);
    expect(changes).to.deep.equal([{ state: "dropping", error: undefined, dropped: 1 }]);
    expect([ring.dropped, ring.droppedSinceReport, ring.state]).to.deep.equal([3, 2, "dropping"]);
    files.take(); // the first line
    expect(ring.state).to.equal("dropping");
    files.take(10); // two of four lines are left
    expect(ring.state).to.equal("flowing");
    expect(changes.slice(1)).to.deep.equal([{ state: "flowing", error: undefined, dropped: 2 }]);
    expect(ring.droppedSinceReport).to.equal(0);
    files.take();
    expect(files.text(FD)).to.equal(`${line}\n`.repeat(4));
    expect([ring.appended, ring.written, ring.dropped]).to.deep.equal([7, 4, 3]);
  });

  it("gives up a descriptor whose reader is gone: counts, tells once, goes on living", async () => {
    for (const code of ["EPIPE", "EBADF", "ECONNRESET"]) {
      const { clock, files, ring, changes } = setUp();
      ring.append("one");
      ring.append("two");
      files.refuse(code);
      ring.append("three");
      expect(changes.map((c) => [c.state, c.error?.code, c.dropped])).to.deep.equal([["failing", code, 2]]);
      expect([ring.appended, ring.written, ring.dropped]).to.deep.equal([3, 0, 3]);
      expect(files.inFlight).to.equal(undefined);
      expect(clock.timers).to.equal(0);
      expect(await ring.flush(100)).to.equal(true);
    }
  });

  it("keeps the lines for a full disk, tries each second, and finishes a line it began", () => {
    const { clock, files, ring, changes } = setUp();
    ring.append("abcdef");
    files.take(3);
    files.refuse("ENOSPC");
    ring.append("ghi");
    clock.advance(999);
    expect(files.inFlight).to.equal(undefined);
    clock.advance(1);
    files.refuse("ENOSPC");
    expect(changes.map((c) => [c.state, c.error?.code])).to.deep.equal([["failing", "ENOSPC"]]);
    clock.advance(1000);
    files.take();
    expect(changes.map((c) => c.state)).to.deep.equal(["failing", "flowing"]);
    expect(files.text(FD)).to.equal("abcdef\nghi\n");
  });

  describe("flush", () => {
    it("is true when nothing waits, and when all was written", async () => {
      const { clock, files, ring } = setUp({ lingerMs: 10 });
      expect(await ring.flush(100)).to.equal(true);
      ring.append("one");
      const flushed = ring.flush(100);
      ring.append("two");
      files.take();
      files.take();
      expect(await flushed).to.equal(true);
      expect(files.text(FD)).to.equal("one\ntwo\n");
      expect(clock.timers).to.equal(0);
    });

    it("is false at the deadline; the lines stay", async () => {
      const { clock, files, ring } = setUp();
      ring.append("one");
      const flushed = ring.flush(100);
      files.refuse("EAGAIN");
      clock.advance(99);
      files.refuse("EAGAIN");
      clock.advance(1);
      expect(await flushed).to.equal(false);
      clock.advance(50);
      files.take();
      expect(files.text(FD)).to.equal("one\n");
    });

    it("does not wait for the next try of a failing descriptor", async () => {
      const { files, ring } = setUp();
      ring.append("one");
      files.refuse("ENOSPC");
      const flushed = ring.flush(100);
      files.take();
      expect(await flushed).to.equal(true);
    });
  });

  it("bears a listener that logs to the ring itself, and one that reopens it", async () => {
    const { files, ring } = setUp();
    ring.onChange((change) => ring.append(`now ${change.state}`));
    for (let i = 0; i < 5; i++) ring.append("123456789");
    await ring.reopen("/log");
    files.take();
    files.take();
    while (files.inFlight !== undefined) files.take();
    expect(files.text(FD) + files.text(100)).to.match(/^(123456789\n){4}now flowing\n$/);
    expect(ring.appended).to.equal(ring.written + ring.dropped);
  });
});
