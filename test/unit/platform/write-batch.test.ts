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

  it("does not let the first of many wait for the last", async () => {
    const batch = new WriteBatch();
    const writers = Array.from({ length: 40 }, () => new Writer());
    for (const writer of writers) batch.add(writer);
    expect(writers.map(({ flushed }) => flushed)).to.deep.equal([...Array(32).fill(1), ...Array(8).fill(0)]);
    await endOfTurn();
    expect(writers.every(({ flushed }) => flushed === 1)).to.equal(true);
  });
});
