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

  /** Turns with `writes` each (0.5 = in every second one), by sockets that ask first; how many of all writes were held back. */
  async function held(batch: WriteBatch, turns: number, writes: number): Promise<number> {
    let count = 0;
    for (let turn = 0; turn < turns; turn++) {
      const due = Math.floor((turn + 1) * writes) - Math.floor(turn * writes);
      for (let i = 0; i < due; i++) {
        if (!batch.holds()) continue;
        count++;
        batch.add(new Writer());
      }
      await endOfTurn();
    }
    return count;
  }

  it("holds back while many write in one turn, and hardly anything while few do now and then", async () => {
    const batch = new WriteBatch();
    expect(await held(batch, 1280, 0.5), "one in sixty-four, to see").to.equal(10);
    expect(await held(batch, 100, 10), "soon nearly all").to.be.greaterThan(900);
    expect(await held(batch, 1280, 0.5), "soon hardly any").to.be.within(1, 20);
  });

  it("holds back for several turns while each brings some", async () => {
    const batch = new WriteBatch();
    expect(await held(batch, 128, 1), "soon all").to.be.greaterThan(60);
    const writer = new Writer();
    const together: number[] = [];
    for (let turn = 0; turn < 32; turn++) {
      const before = writer.flushed;
      batch.add(writer);
      await endOfTurn();
      if (writer.flushed > before) together.push(writer.flushed - before);
    }
    expect(together.slice(1), "eight turns each").to.deep.equal([8, 8, 8]);
  });

  it("waits no longer than for a turn that brings nothing", async () => {
    const batch = new WriteBatch();
    await held(batch, 128, 1);
    const writer = new Writer();
    batch.add(writer);
    await endOfTurn();
    expect(writer.flushed, "after one turn").to.equal(0);
    await endOfTurn();
    expect(writer.flushed, "after two").to.equal(1);
    batch.add(writer);
    await endOfTurn();
    expect(writer.flushed, "few came: no more waiting").to.equal(2);
  });

  it("waits for no further turn when there is enough", async () => {
    const batch = new WriteBatch();
    await held(batch, 128, 1);
    const writers = Array.from({ length: 16 }, () => new Writer());
    for (const writer of writers) batch.add(writer);
    await endOfTurn();
    expect(writers.every(({ flushed }) => flushed === 1)).to.equal(true);
  });

  it("tries further turns now and then when one turn brings some, and gives up when they bring nothing", async () => {
    const batch = new WriteBatch();
    expect(await held(batch, 1280, 4), "soon nearly all").to.be.greaterThan(4900);
    let late = 0;
    for (let turn = 0; turn < 640; turn++) {
      const writers = Array.from({ length: 5 }, () => new Writer());
      for (const writer of writers) batch.add(writer);
      await endOfTurn();
      if (writers.some(({ flushed }) => flushed === 0)) late++;
      await endOfTurn();
      expect(writers.every(({ flushed }) => flushed === 1)).to.equal(true);
    }
    expect(late).to.be.within(5, 20);
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
