import { setImmediate as endOfTurn } from "node:timers/promises";
import { expect } from "chai";
import { WriteBatch } from "../../../src/platform/write-batch.ts";

class Writer {
  flushed = 0;
  flush(): void {
    this.flushed++;
  }
}

describe("WriteBatch", () => {
  it("flushes everybody at the end of the turn, in order, once", async () => {
    const batch = new WriteBatch();
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) batch.add({ flush: () => order.push(name) });
    expect(order).to.deep.equal([]);
    await endOfTurn();
    expect(order).to.deep.equal(["a", "b", "c"]);
    await endOfTurn();
    expect(order).to.have.lengthOf(3);
  });

  it("serves turn after turn", async () => {
    const batch = new WriteBatch();
    const writer = new Writer();
    for (let turn = 1; turn <= 3; turn++) {
      batch.add(writer);
      await endOfTurn();
      expect(writer.flushed).to.equal(turn);
    }
  });

  /** Turns with `writes` each, by sockets that ask first; how many of all writes were held back. */
  async function held(batch: WriteBatch, turns: number, writes: number): Promise<number> {
    let count = 0;
    for (let turn = 0; turn < turns; turn++) {
      for (let i = 0; i < writes; i++) {
        if (!batch.holds()) continue;
        count++;
        batch.add(new Writer());
      }
      await endOfTurn();
    }
    return count;
  }

  it("holds back while many write in one turn, and hardly anything while few do", async () => {
    const batch = new WriteBatch();
    expect(await held(batch, 640, 1), "one in sixty-four, to see").to.equal(10);
    expect(await held(batch, 100, 10), "soon nearly all").to.be.greaterThan(900);
    expect(await held(batch, 640, 3), "soon hardly any").to.be.within(1, 100);
  });

  it("does not let the first of many wait for the last", async () => {
    const batch = new WriteBatch();
    const writers = Array.from({ length: 72 }, () => new Writer());
    for (const writer of writers) batch.add(writer);
    expect(writers.map(({ flushed }) => flushed)).to.deep.equal([...Array(64).fill(1), ...Array(8).fill(0)]);
    await endOfTurn();
    expect(writers.every(({ flushed }) => flushed === 1)).to.equal(true);
  });
});
