import { expect } from "chai";
import { BufferPool } from "../../../src/path/buffer-pool.ts";

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
    const pool = new BufferPool(64 * 1024);
    expect(pool.scratch).to.have.length(64 * 1024);
    const lent = Array.from({ length: 10 }, () => pool.take());
    expect(lent.every((buffer) => buffer.buffer !== pool.scratch.buffer)).to.equal(true);
    expect(new Set(lent.map((buffer) => buffer.buffer)).size).to.equal(10);
  });

  it("lends large buffers up to 32 MiB together, then small ones, and large ones again when they come back", () => {
    const large = 8 * 1024 * 1024;
    const pool = new BufferPool(large);
    const sizes = (count: number) => Array.from({ length: count }, () => pool.take());
    const lent = sizes(6);
    expect(lent.map((buffer) => buffer.length)).to.deep.equal([large, large, large, large, 65_536, 65_536]);
    expect(pool.lent).to.equal(6);
    for (const buffer of lent.splice(4)) pool.release(buffer);
    expect(pool.take(), "a small one that comes back is not a large one").to.have.length(65_536);
    const [first] = lent;
    if (first === undefined) throw new Error("nothing was lent");
    pool.release(first);
    expect(pool.take()).to.equal(first);
    expect(pool.take()).to.have.length(65_536);
  });

  it("keeps what comes back, up to the same budget, and at least one", () => {
    const pool = new BufferPool(16 * 1024 * 1024);
    const lent = [pool.take(), pool.take()];
    for (const buffer of lent) pool.release(buffer);
    const again = [pool.take(), pool.take()];
    expect(new Set([...again, ...lent]).size).to.equal(2);

    const huge = new BufferPool(64 * 1024 * 1024);
    const only = huge.take();
    expect([only.length, huge.take().length]).to.deep.equal([64 * 1024 * 1024, 65_536]);
    huge.release(only);
    expect(huge.take()).to.equal(only);
  });

  it("a BUFFER below the scratch size is that small within and beyond the budget", () => {
    const pool = new BufferPool(20_000);
    const many = Array.from({ length: 2000 }, () => pool.take());
    expect(new Set(many.map((buffer) => buffer.length))).to.deep.equal(new Set([20_000]));
    for (const buffer of many) pool.release(buffer);
    expect(pool.lent).to.equal(0);
  });
});
