import { expect } from "chai";
import { BufferPool } from "../../../../src/path/buffer-pool.ts";
import { Flow } from "../../../../src/path/http/flow.ts";
import { FakeRelaySocket } from "../../../support/fake-relay-socket.ts";
import { patternBytes } from "../../../support/patterns.ts";

/** Nobody listens to the sink. */
const DEAF = {
  readBuffer: () => Buffer.alloc(1),
  onData: () => true,
  onEnd: () => {},
  onDrain: () => {},
  onConnected: () => {},
  onError: () => {},
  onClosed: () => {},
};

function rig(room: number, bufferBytes = 128 * 1024): { pool: BufferPool; sink: FakeRelaySocket; flow: Flow } {
  const pool = new BufferPool(bufferBytes);
  const sink = new FakeRelaySocket(DEAF, { room });
  return { pool, sink, flow: new Flow(pool, sink) };
}

/** What a source does that reads `bytes` to where the flow wants them. */
function read(flow: Flow, bytes: Buffer, ahead = ""): boolean {
  const buffer = flow.readBuffer();
  bytes.copy(buffer);
  flow.pass(ahead, buffer, 0, bytes.length);
  return flow.settle(bytes.length === buffer.length);
}

describe("Flow", () => {
  it("lends a buffer only while bytes are on their way", () => {
    const { pool, sink, flow } = rig(10_000);
    const bytes = patternBytes(1, 0, 30_000);
    expect(read(flow, bytes, "head")).to.equal(false);
    pool.scratch.fill(0);
    expect([pool.lent, flow.isStalled, flow.onSinkDrained()]).to.deep.equal([1, true, false]);
    sink.grant();
    expect([flow.onSinkDrained(), pool.lent, flow.bytes]).to.deep.equal([true, 0, 30_004]);
    expect(sink.received.equals(Buffer.concat([Buffer.from("head"), bytes]))).to.equal(true);
    expect(sink.violations).to.deep.equal([]);
  });

  it("a small range needs none, even when it is not taken at once", () => {
    const { pool, sink, flow } = rig(0);
    expect(read(flow, patternBytes(2, 0, 4000), "head")).to.equal(false);
    expect(pool.lent).to.equal(0);
    pool.scratch.fill(0);
    sink.grant();
    expect(sink.received.subarray(4).equals(patternBytes(2, 0, 4000))).to.equal(true);
  });

  it("reads that fill their buffer go straight to the large one, until one does not", () => {
    const { pool, sink, flow } = rig(Number.POSITIVE_INFINITY);
    const { length } = pool.scratch;
    expect(read(flow, patternBytes(3, 0, length))).to.equal(true);
    expect([flow.isReadInto, flow.readBuffer().length, pool.lent]).to.deep.equal([true, 128 * 1024, 1]);
    read(flow, patternBytes(3, length, 128 * 1024));
    expect(flow.isReadInto).to.equal(true);
    read(flow, patternBytes(3, length + 128 * 1024, 100));
    expect([flow.isReadInto, flow.readBuffer() === pool.scratch, pool.lent]).to.deep.equal([false, true, 0]);
    expect(sink.received.equals(patternBytes(3, 0, length + 128 * 1024 + 100))).to.equal(true);
  });

  it("keeps a large buffer that is read into when the sink has drained", () => {
    const { pool, sink, flow } = rig(1000);
    expect(read(flow, patternBytes(4, 0, pool.scratch.length))).to.equal(false);
    sink.grant();
    expect([flow.onSinkDrained(), flow.isReadInto, pool.lent]).to.deep.equal([true, true, 1]);
    flow.dispose();
    expect([flow.isReadInto, pool.lent]).to.deep.equal([false, 0]);
  });

  for (const ahead of ["", "a head of some length\r\n\r\n"]) {
    it(`a BUFFER below the size of a read: ${ahead.length} bytes ahead`, () => {
      const { pool, sink, flow } = rig(100, 1024);
      const bytes = patternBytes(5, 0, 70_000);
      expect(read(flow, bytes, ahead)).to.equal(false);
      pool.scratch.fill(0);
      sink.grant();
      expect(flow.onSinkDrained()).to.equal(true);
      expect(sink.received.equals(Buffer.concat([Buffer.from(ahead), bytes]))).to.equal(true);
      expect([sink.violations, pool.lent]).to.deep.equal([[], 0]);
    });
  }

  it("bytes that belong to nobody else are not copied", () => {
    const { pool, sink, flow } = rig(0);
    const own = patternBytes(6, 0, 50_000);
    flow.pass("head", own, 1000, 50_000);
    expect(pool.lent).to.equal(0);
    sink.grant();
    expect(sink.received.subarray(4).equals(own.subarray(1000))).to.equal(true);
  });

  it("a head without anything behind it, and nothing at all", () => {
    const { sink, flow } = rig(0);
    flow.pass("", Buffer.alloc(10), 5, 5);
    expect([sink.unsent, flow.bytes]).to.deep.equal([0, 0]);
    flow.pass("head", Buffer.alloc(10), 5, 5);
    expect([sink.unsent, flow.bytes]).to.deep.equal([4, 4]);
  });
});
