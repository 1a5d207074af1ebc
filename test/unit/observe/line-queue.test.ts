import { expect } from "chai";
import { LineQueue } from "../../../src/observe/line-queue.ts";

function textOf(queue: LineQueue, mostBytes = 1000): string {
  const { offset, length } = queue.batch(mostBytes);
  return queue.buffer.toString("utf8", offset, offset + length);
}

describe("LineQueue", () => {
  it("gives lines back in order, each with a line end", () => {
    const queue = new LineQueue(100);
    expect(queue.push("one")).to.equal(true);
    expect(queue.push("")).to.equal(true);
    expect(queue.push("zwölf €")).to.equal(true);
    expect(textOf(queue)).to.equal("one\n\nzwölf €\n");
    expect(queue.lines).to.equal(3);
    expect(queue.bytes).to.equal(Buffer.byteLength("one\n\nzwölf €\n"));
  });

  it("takes exactly its capacity, in bytes and not in characters", () => {
    const queue = new LineQueue(12);
    expect(queue.push("€€€")).to.equal(true); // 9 + 1
    expect(queue.push("ab")).to.equal(false); // 2 + 1, and 2 are left
    expect(queue.push("a")).to.equal(true);
    expect(queue.push("")).to.equal(false);
    expect(textOf(queue)).to.equal("€€€\na\n");
  });

  it("refuses a line that is longer than itself and keeps nothing of it", () => {
    const queue = new LineQueue(8);
    expect(queue.push("12345678")).to.equal(false);
    expect(queue.bytes).to.equal(0);
    expect(queue.push("1234567")).to.equal(true);
  });

  it("goes on at its start when the end is too near, and never tears a line", () => {
    const queue = new LineQueue(10);
    queue.push("abc");
    queue.push("def");
    expect(queue.push("ghi")).to.equal(false);
    expect(queue.advance(4)).to.equal(1);
    expect(queue.push("ghi")).to.equal(true); // in the place of abc
    expect(queue.push("")).to.equal(false);
    expect(textOf(queue)).to.equal("def\n");
    expect(queue.bytes).to.equal(8);
    expect(queue.advance(4)).to.equal(1);
    expect(textOf(queue)).to.equal("ghi\n");
    expect(queue.advance(4)).to.equal(1);
    expect(queue.lines).to.equal(0);
    expect(queue.bytes).to.equal(0);
  });

  it("cuts a batch at a line end, and in a line only when one line is longer than a batch", () => {
    const queue = new LineQueue(100);
    queue.push("aaaa");
    queue.push("bbbb");
    queue.push("c".repeat(20));
    expect(textOf(queue, 12)).to.equal("aaaa\nbbbb\n");
    expect(textOf(queue, 9)).to.equal("aaaa\n");
    queue.advance(10);
    expect(textOf(queue, 12)).to.equal("c".repeat(12));
  });

  it("knows that it stands in the middle of a line and can go back to its start", () => {
    const queue = new LineQueue(100);
    queue.push("aaaa");
    queue.push("bbbb");
    expect(queue.advance(7)).to.equal(1);
    expect(queue.midLine).to.equal(true);
    expect(textOf(queue)).to.equal("bb\n");
    expect(queue.bytes).to.equal(3);
    queue.rewind();
    expect(queue.midLine).to.equal(false);
    expect(textOf(queue)).to.equal("bbbb\n");
  });

  it("does not give away the place of a line that was sent in part", () => {
    const queue = new LineQueue(10);
    queue.push("abcd");
    queue.push("efgh");
    queue.advance(4);
    expect(queue.push("xyz")).to.equal(false);
    queue.advance(1);
    expect(queue.push("xyz")).to.equal(true);
  });

  it("does not give it away after it went on at its start either", () => {
    const queue = new LineQueue(10);
    queue.push("abcd");
    queue.push("efgh");
    queue.advance(5);
    expect(queue.push("ijk")).to.equal(true); // at the start
    queue.advance(4); // "efgh", without its line end
    expect(queue.push("")).to.equal(true);
    expect(queue.push("")).to.equal(false);
    queue.rewind();
    expect(textOf(queue)).to.equal("efgh\n");
  });

  it("forgets everything and says how many lines that were", () => {
    const queue = new LineQueue(20);
    queue.push("aaaa");
    queue.push("bbbb");
    queue.advance(6);
    expect(queue.clear()).to.equal(1);
    expect(queue.clear()).to.equal(0);
    expect(queue.midLine).to.equal(false);
    expect(queue.push("x".repeat(19))).to.equal(true);
  });
});
