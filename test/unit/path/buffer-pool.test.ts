import { expect } from "chai";
import { BufferPool } from "../../../src/path/buffer-pool.ts";

const SCRATCH = 72 * 1024;

describe("BufferPool", () => {
  it("lends buffers of the size asked for, and takes them back for the next", () => {
    const pool = new BufferPool(4096);
    const first = pool.take();
    const second = pool.take();
    expect([first.length, second.length, pool.lent]).to.deep.equal([4096, 4096, 2]);
    expect(first.buffer).not.to.equal(second.buffer);
    pool.release(first);
    expect(pool.take()).to.equal(first);
    pool.release(first);
    pool.release(second);
    expect(pool.lent).to.equal(0);
  });

  it("never lends the scratch buffer", () => {
    for (const large of [SCRATCH, 511 * 1024, 16 * 1024 * 1024]) {
      const pool = new BufferPool(large);
      expect(pool.scratch).to.have.length(SCRATCH);
      const lent = Array.from({ length: 10 }, () => pool.take());
      expect(new Set([pool.scratch, ...lent].map((buffer) => buffer.buffer)).size).to.equal(11);
    }
  });

  it("has a scratch buffer of an odd size: a message that people give a round one does not fill it", () => {
    expect(Math.log2(new BufferPool(4096).scratch.length) % 1).to.be.above(0);
  });

  it("lends the default size 64 times", () => {
    const pool = new BufferPool(511 * 1024);
    const sizes = Array.from({ length: 66 }, () => pool.take().length);
    expect(sizes.indexOf(SCRATCH)).to.equal(64);
    expect(sizes.slice(64)).to.deep.equal([SCRATCH, SCRATCH]);
  });

  it("lends large buffers up to 32 MiB together, then small ones, and large ones again when they come back", () => {
    const large = 8 * 1024 * 1024;
    const pool = new BufferPool(large);
    const sizes = (count: number) => Array.from({ length: count }, () => pool.take());
    const lent = sizes(6);
    expect(lent.map((buffer) => buffer.length)).to.deep.equal([large, large, large, large, SCRATCH, SCRATCH]);
    expect(pool.lent).to.equal(6);
    for (const buffer of lent.splice(4)) pool.release(buffer);
    expect(pool.take(), "a small one that comes back is not a large one").to.have.length(SCRATCH);
    const [first] = lent;
    if (first === undefined) throw new Error("nothing was lent");
    pool.release(first);
    expect(pool.take()).to.equal(first);
    expect(pool.take()).to.have.length(SCRATCH);
  });

  it("keeps what comes back, up to the same budget, and at least one", () => {
    const pool = new BufferPool(16 * 1024 * 1024);
    const lent = [pool.take(), pool.take()];
    for (const buffer of lent) pool.release(buffer);
    const again = [pool.take(), pool.take()];
    expect(new Set([...again, ...lent]).size).to.equal(2);

    const huge = new BufferPool(64 * 1024 * 1024);
    const only = huge.take();
    expect([only.length, huge.take().length]).to.deep.equal([64 * 1024 * 1024, SCRATCH]);
    huge.release(only);
    expect(huge.take()).to.equal(only);
  });

  for (const size of [20_000, SCRATCH]) {
    it(`a BUFFER of ${size}, not above the scratch size, is that small within and beyond the budget`, () => {
      const pool = new BufferPool(size);
      const budget = Math.floor((32 * 1024 * 1024) / size);
      const takeMany = () => Array.from({ length: budget + 100 }, () => pool.take());
      const many = takeMany();
      expect(new Set(many.map((buffer) => buffer.length))).to.deep.equal(new Set([size]));
      for (const buffer of many) pool.release(buffer);
      expect(pool.lent).to.equal(0);
      const again = takeMany();
      expect(new Set(again).size, "none twice").to.equal(budget + 100);
      expect(new Set([...many, ...again]).size, "no more kept than the budget").to.equal(budget + 200);
    });
  }
});
