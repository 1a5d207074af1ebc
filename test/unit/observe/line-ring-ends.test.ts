import { expect } from "chai";
import { errno } from "../../support/scripted-files.ts";
import { FD, setUp } from "./line-ring-rig.ts";

describe("LineRing, at the end of a file", () => {
  describe("reopen", () => {
    it("goes on with the new file and closes the old one after its write", async () => {
      const { files, ring } = setUp();
      ring.append("old");
      await ring.reopen("/log");
      ring.append("new");
      expect(files.closed).to.deep.equal([]);
      files.take();
      expect(files.closed).to.deep.equal([FD]);
      files.take();
      expect([files.text(FD), files.text(100)]).to.deep.equal(["old\n", "new\n"]);
    });

    it("does not close a descriptor that it does not own", async () => {
      const { files, ring } = setUp({ file: { fd: 1, owned: false } });
      await ring.reopen("/log");
      await ring.reopen("/log");
      expect(files.closed).to.deep.equal([100]);
      ring.close();
      expect(files.closed).to.deep.equal([100, 101]);
    });

    it("finishes a line in the old file that has its beginning", async () => {
      const { clock, files, ring } = setUp();
      ring.append("abcdef");
      files.take(3);
      files.refuse("EAGAIN");
      await ring.reopen("/log");
      ring.append("ghi");
      clock.advance(1);
      files.take(4);
      files.take();
      expect([files.text(FD), files.text(100)]).to.deep.equal(["abcdef\n", "ghi\n"]);
    });

    it("writes that line whole to the new file when the old one refuses it", async () => {
      const { files, ring } = setUp();
      ring.append("abcdef");
      files.take(3);
      files.refuse("ENOSPC");
      await ring.reopen("/log");
      files.take();
      expect(files.text(100)).to.equal("abcdef\n");
      expect(ring.state).to.equal("flowing");
      expect([ring.appended, ring.written, ring.dropped]).to.deep.equal([1, 1, 0]);
    });

    it("revives a ring whose reader was gone", async () => {
      const { files, ring, changes } = setUp();
      ring.append("lost");
      files.refuse("EPIPE");
      await ring.reopen("/log");
      ring.append("kept");
      files.take();
      expect(files.text(100)).to.equal("kept\n");
      expect(changes.map((c) => [c.state, c.dropped])).to.deep.equal([
        ["failing", 1],
        ["flowing", 0],
      ]);
    });

    it("stays with the old file when the new one cannot be opened", async () => {
      const { files, ring } = setUp();
      files.openError = errno("EACCES");
      const problem = await ring.reopen("/log").catch((error: unknown) => error);
      expect(problem).to.have.property("code", "EACCES");
      ring.append("one");
      files.take();
      expect(files.text(FD)).to.equal("one\n");
    });

    it("opens nothing for a ring that was closed meanwhile", async () => {
      const { files, ring } = setUp();
      ring.close();
      await ring.reopen("/log");
      expect(files.closed).to.deep.equal([FD, 100]);
    });

    it("uses the newest file when asked twice during one write", async () => {
      const { files, ring } = setUp();
      ring.append("old");
      await ring.reopen("/a");
      await ring.reopen("/b");
      expect(files.closed).to.deep.equal([100]);
      ring.append("new");
      files.take();
      files.take();
      expect(files.text(101)).to.equal("new\n");
    });
  });

  describe("close", () => {
    it("counts what it gives up, after the write in flight, and leaves no timer", async () => {
      const { clock, files, ring } = setUp();
      ring.append("one");
      ring.append("two");
      const flushed = ring.flush(100);
      ring.close();
      ring.close();
      expect(files.closed).to.deep.equal([]);
      files.take();
      ring.append("three");
      expect(await flushed).to.equal(false);
      expect(files.closed).to.deep.equal([FD]);
      expect([ring.appended, ring.written, ring.dropped]).to.deep.equal([3, 1, 2]);
      expect(clock.timers).to.equal(0);
      expect(await ring.flush(100)).to.equal(true);
    });

    it("cancels a line's waiting and a retry", () => {
      const waiting = setUp({ lingerMs: 10 });
      waiting.ring.append("one");
      waiting.ring.close();
      const retrying = setUp();
      retrying.ring.append("one");
      retrying.files.refuse("EAGAIN");
      retrying.ring.close();
      expect([waiting.clock.timers, retrying.clock.timers]).to.deep.equal([0, 0]);
      expect([waiting.ring.dropped, retrying.ring.dropped]).to.deep.equal([1, 1]);
    });
  });
});
