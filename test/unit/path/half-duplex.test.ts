import { expect } from "chai";
import { LARGE_BYTES, OneWay, poolOf } from "../../support/one-way.ts";
import { firstDifference, patternBytes } from "../../support/patterns.ts";

const SCRATCH = poolOf().scratch.length;

/** The memory of every chunk that the sink is given to write, from now on. */
function memoryWritten(way: OneWay): readonly ArrayBufferLike[] {
  const memory: ArrayBufferLike[] = [];
  const write = way.sink.write.bind(way.sink);
  way.sink.write = (bytes) => {
    memory.push(bytes.buffer);
    write(bytes);
  };
  return memory;
}

function expectAll(way: OneWay): void {
  expect(way.sink.received).to.have.length(way.sent);
  expect(firstDifference(way.sink.received, way.seed)).to.equal(-1);
  expect(way.sink.violations).to.deep.equal([]);
  expect(way.duplex.bytes).to.equal(way.sent);
}

describe("HalfDuplex", () => {
  it("writes a small chunk from the scratch buffer, as latin1: every byte value, no buffer lent", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    const strings: string[] = [];
    const write = way.sink.writeLatin1.bind(way.sink);
    way.sink.writeLatin1 = (text) => {
      strings.push(text);
      write(text);
    };
    const all = Buffer.from(Array.from({ length: 1024 }, (_, i) => i & 0xff));
    way.source.send(all);
    way.source.deliverAll();
    expect(strings.map((text) => text.length)).to.deep.equal([1024]);
    expect(way.sink.received.equals(all)).to.equal(true);
    expect(pool.lent).to.equal(0);
    expect(way.duplex.readBuffer()).to.equal(pool.scratch);
  });

  it("copies a larger chunk out of the scratch buffer, and gives its buffer back once all is sent", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    const memory = memoryWritten(way);
    for (const length of [1025, 65_536, SCRATCH - 1]) {
      way.pass(length);
      expect([pool.lent, way.duplex.readBuffer() === pool.scratch]).to.deep.equal([0, true]);
    }
    expect(new Set(memory).size, "one buffer, used again").to.equal(1);
    expect(memory).not.to.include(pool.scratch.buffer);
    expectAll(way);
  });

  it("keeps the buffer for the next read as long as reads fill theirs", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    const memory = memoryWritten(way);
    way.pass(SCRATCH);
    const large = way.duplex.readBuffer();
    expect([pool.lent, large.length]).to.deep.equal([1, LARGE_BYTES]);
    for (let i = 0; i < 3; i++) {
      way.pass(LARGE_BYTES);
      expect([pool.lent, way.duplex.readBuffer() === large]).to.deep.equal([1, true]);
    }
    way.pass(LARGE_BYTES - 1);
    expect([pool.lent, way.duplex.readBuffer() === pool.scratch]).to.deep.equal([0, true]);
    expect(memory).to.deep.equal([large, large, large, large, large].map(({ buffer }) => buffer));
    expectAll(way);
  });

  it("a small read into the large buffer gives it back too", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    way.pass(SCRATCH + 1);
    expect([pool.lent, way.duplex.readBuffer() === pool.scratch]).to.deep.equal([0, true]);
    expectAll(way);
  });

  it("does not give it back, nor read, while the sink has bytes of it, and does as soon as it has none", () => {
    const pool = poolOf();
    const way = new OneWay(pool, { room: 12_000 });
    way.pass(20_000);
    expect([pool.lent, way.source.isReading, way.sink.unsent]).to.deep.equal([1, false, 20_000]);
    expect(way.duplex.readBuffer(), "the next read is ready for the scratch buffer").to.equal(pool.scratch);
    pool.scratch.fill(0);
    way.pass(5000);
    way.take(7999);
    expect([pool.lent, way.source.isReading, way.sink.received.length]).to.deep.equal([1, false, 19_999]);
    way.take(1);
    expect([pool.lent, way.source.isReading, way.source.unread]).to.deep.equal([0, true, 5000]);
    way.take();
    way.source.deliverAll();
    expectAll(way);
  });

  it("nor while the last read filled its buffer: it is read into once the sink has nothing of it", () => {
    const pool = poolOf();
    const way = new OneWay(pool, { room: 1 });
    way.pass(SCRATCH + LARGE_BYTES + 2000);
    const large = way.duplex.readBuffer();
    expect([pool.lent, way.source.isReading, large.length]).to.deep.equal([1, false, LARGE_BYTES]);
    way.take(SCRATCH - 1);
    expect([pool.lent, way.source.isReading, way.source.readingInto === large]).to.deep.equal([1, true, true]);
    way.source.deliverAll();
    expect([pool.lent, way.source.isReading, way.sink.unsent]).to.deep.equal([1, false, LARGE_BYTES]);
    way.take(LARGE_BYTES);
    way.source.deliverAll();
    expect([pool.lent, way.source.isReading, way.sink.unsent], "the rest").to.deep.equal([1, false, 2000]);
    way.take();
    expect([pool.lent, way.source.isReading]).to.deep.equal([0, true]);
    expectAll(way);
  });

  it("stops the source on an unsent small chunk too, and lets the scratch buffer be used meanwhile", () => {
    const pool = poolOf();
    const way = new OneWay(pool, { room: 10 });
    way.pass(100);
    expect([way.source.isReading, way.sink.writeBacklog]).to.deep.equal([false, 90]);
    pool.scratch.fill(0);
    way.take();
    expect(way.source.isReading).to.equal(true);
    expectAll(way);
  });

  it("a drain that is none of its business does not start the source", () => {
    const way = new OneWay(poolOf(), { room: 0 });
    way.duplex.onSinkDrained();
    way.pass(10);
    way.duplex.onSinkDrained();
    expect(way.source.isReading, "the sink still has the bytes").to.equal(false);
  });

  it("BUFFER smaller than a read: pieces, none of them larger, in order", () => {
    const pool = poolOf(4096);
    const way = new OneWay(pool, { room: 3000 });
    const sizes: number[] = [];
    const write = way.sink.write.bind(way.sink);
    way.sink.write = (bytes) => {
      sizes.push(bytes.length);
      write(bytes);
    };
    way.pass(SCRATCH - 1);
    expect([Math.max(...sizes), pool.lent, way.source.isReading]).to.deep.equal([4096, 1, false]);
    pool.scratch.fill(0);
    way.take();
    expect([pool.lent, way.source.isReading]).to.deep.equal([0, true]);
    way.pass(SCRATCH);
    expect(way.duplex.readBuffer(), "more is waiting").to.have.length(4096);
    way.pass(3 * 4096);
    expect(pool.lent).to.equal(1);
    way.pass(10_000);
    expectAll(way);
    expect([Math.max(...sizes), pool.lent]).to.deep.equal([4096, 0]);
  });

  it("makes do with a smaller buffer when the large ones are all lent", () => {
    const pool = poolOf(16 * 1024 * 1024);
    const lent = [pool.take(), pool.take()];
    const way = new OneWay(pool, { room: 50_000 });
    way.pass(SCRATCH);
    const small = way.duplex.readBuffer();
    expect([small.length, small === pool.scratch, pool.lent]).to.deep.equal([SCRATCH, false, 3]);
    way.take();
    way.pass(3 * SCRATCH);
    expect([pool.lent, way.duplex.readBuffer() === small]).to.deep.equal([3, true]);
    way.pass(60_000);
    expect(pool.lent).to.equal(2);
    expectAll(way);
    for (const buffer of lent) pool.release(buffer);
    way.pass(SCRATCH);
    expect(way.duplex.readBuffer(), "and has a large one again when they are back").to.have.length(16 * 1024 * 1024);
    way.pass(1);
    expect(pool.lent).to.equal(0);
    expectAll(way);
  });

  for (const length of [30_000, SCRATCH]) {
    it(`two directions never have the same buffer, not even one after the other in flight (${length} bytes)`, () => {
      const pool = poolOf();
      const [a, b] = [new OneWay(pool, { seed: 1, room: 0 }), new OneWay(pool, { seed: 2, room: 0 })];
      const [memoryOfA, memoryOfB] = [memoryWritten(a), memoryWritten(b)];
      a.pass(length);
      b.pass(length);
      expect([pool.lent, memoryOfA.length, memoryOfB.length]).to.deep.equal([2, 1, 1]);
      expect(memoryOfA[0]).not.to.equal(memoryOfB[0]);
      a.take();
      a.pass(30_000);
      b.take();
      b.pass(30_000);
      expect(pool.lent).to.equal(0);
      expectAll(a);
      expectAll(b);
    });
  }

  it("with stream reads the chunks are the receiver's: written as they are, nothing lent", () => {
    const pool = poolOf();
    const way = new OneWay(pool, { readMode: "stream", room: 50_000 });
    way.pass(100);
    way.pass(60_000);
    expect([pool.lent, way.source.isReading]).to.deep.equal([0, false]);
    way.take();
    expectAll(way);
  });

  it("the source's end gives the buffer back when nothing of it is on its way", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    way.pass(SCRATCH);
    expect(pool.lent, "waiting for more").to.equal(1);
    way.source.sendEnd();
    way.source.deliver();
    expect(pool.lent).to.equal(0);
    expectAll(way);
  });

  it("the source's end keeps the buffer while bytes of it are on their way", () => {
    const pool = poolOf();
    const way = new OneWay(pool, { room: 0 });
    way.pass(30_000);
    way.duplex.onSourceEnded();
    expect(pool.lent).to.equal(1);
    way.duplex.dispose();
    expect(pool.lent).to.equal(0);
  });

  it("reads on and drops when the sink takes no more, and counts what it read", () => {
    const way = new OneWay(poolOf());
    way.pass(5000);
    way.duplex.discardRest();
    way.pass(70_000);
    expect([way.source.isReading, way.duplex.bytes, way.sink.received.length]).to.deep.equal([true, 75_000, 5000]);
  });

  it("does not read over what the sink has not sent, even when the rest is not wanted", () => {
    const way = new OneWay(poolOf(), { room: 2000 });
    way.pass(5000);
    way.duplex.discardRest();
    way.pass(70_000);
    way.take();
    expect(way.sink.violations).to.deep.equal([]);
    expect(way.sink.received.equals(patternBytes(1, 0, 5000))).to.equal(true);
  });

  it("gives back only once", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    way.pass(SCRATCH);
    expect(pool.lent).to.equal(1);
    way.duplex.dispose();
    way.duplex.dispose();
    expect(pool.lent).to.equal(0);
  });
});
