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

  it("does not hoard: 32 MiB of free buffers and no more, but at least one", () => {
    const large = 8 * 1024 * 1024;
    const pool = new BufferPool(large);
    const lent = Array.from({ length: 6 }, () => pool.take());
    for (const buffer of lent) pool.release(buffer);
    const again = Array.from({ length: 6 }, () => pool.take());
    expect(again.filter((buffer) => lent.includes(buffer))).to.have.length(4);

    const huge = new BufferPool(64 * 1024 * 1024);
    const only = huge.take();
    huge.release(only);
    expect(huge.take()).to.equal(only);
  });
});
