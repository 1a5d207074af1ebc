import { expect } from "chai";
import { OneWay, poolOf } from "../../support/one-way.ts";
import { firstDifference, patternBytes } from "../../support/patterns.ts";

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

  it("copies a larger chunk into a buffer of its own and reads on into that one", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    way.pass(1025);
    expect(pool.lent).to.equal(1);
    expect(way.duplex.readBuffer()).to.have.length(256 * 1024);
    way.pass(200_000);
    expect(pool.lent).to.equal(1);
    expectAll(way);
  });

  it("gives the buffer back after four quiet reads, and not before", () => {
    const pool = poolOf();
    const way = new OneWay(pool);
    way.pass(20_000);
    for (const expected of [1, 1, 1, 0]) {
      way.pass(100);
      expect(pool.lent).to.equal(expected);
    }
    expect(way.duplex.readBuffer()).to.equal(pool.scratch);
    way.pass(20_000);
    for (let i = 0; i < 3; i++) way.pass(100);
    way.pass(16 * 1024);
    for (let i = 0; i < 3; i++) way.pass(16 * 1024 - 1);
    expect(pool.lent, "a busy read in between starts the count again").to.equal(1);
    way.pass(1);
    expect(pool.lent).to.equal(0);
    expectAll(way);
  });

  it("does not give it back, nor read, while the sink has bytes of it", () => {
    const pool = poolOf();
    const way = new OneWay(pool, { room: 20_350 });
    way.pass(20_000);
    for (let i = 0; i < 4; i++) way.pass(100);
    expect([pool.lent, way.source.isReading, way.sink.unsent]).to.deep.equal([1, false, 100]);
    way.pass(5000);
    expect(way.sink.received).to.have.length(20_350);
    way.take(49);
    expect(way.source.isReading).to.equal(false);
    way.take(1);
    expect(way.source.isReading).to.equal(true);
    way.source.deliverAll();
    way.take();
    way.pass(1);
    expectAll(way);
    expect(pool.lent, "and gives it back with the next quiet read").to.equal(0);
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
    way.pass(64 * 1024);
    expect(Math.max(...sizes)).to.equal(4096);
    expect(way.source.isReading).to.equal(false);
    pool.scratch.fill(0);
    way.take();
    way.pass(10_000);
    expectAll(way);
    expect(pool.lent).to.equal(1);
  });

  it("makes do with a smaller buffer when the large ones are all lent", () => {
    const pool = poolOf(16 * 1024 * 1024);
    const lent = [pool.take(), pool.take()];
    const way = new OneWay(pool, { room: 50_000 });
    way.pass(60_000);
    expect(way.duplex.readBuffer()).to.have.length(65_536);
    way.take();
    way.pass(200_000);
    for (let i = 0; i < 4; i++) way.pass(100);
    expectAll(way);
    for (const buffer of lent) pool.release(buffer);
    expect(pool.lent).to.equal(0);
  });

  it("two directions never have the same buffer", () => {
    const pool = poolOf();
    const [a, b] = [new OneWay(pool, { seed: 1, room: 0 }), new OneWay(pool, { seed: 2, room: 0 })];
    a.pass(30_000);
    b.pass(30_000);
    expect(a.duplex.readBuffer()).not.to.equal(b.duplex.readBuffer());
    a.take();
    b.take();
    expectAll(a);
    expectAll(b);
  });

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
    way.pass(30_000);
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
    way.pass(30_000);
    way.duplex.dispose();
    way.duplex.dispose();
    expect(pool.lent).to.equal(0);
  });
});
