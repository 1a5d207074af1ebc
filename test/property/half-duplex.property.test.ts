import { expect } from "chai";
import fc from "fast-check";
import { Tasks } from "../support/fake-relay-socket.ts";
import { OneWay, poolOf } from "../support/one-way.ts";
import { firstDifference, patternBytes } from "../support/patterns.ts";

const size = fc.oneof(
  fc.integer({ min: 1, max: 1200 }),
  fc.integer({ min: 1000, max: 17_000 }),
  fc.integer({ min: 16_000, max: 90_000 }),
);

/** One of two directions that share a pool: the source gets bytes, or reads some, or the sink takes some. */
const happening = fc.record({
  way: fc.nat(1),
  does: fc.constantFrom("send" as const, "send" as const, "read" as const, "read" as const, "take" as const),
  bytes: size,
});

describe("half-duplexes that share a pool", () => {
  it("lose, double, move and overwrite no byte, whatever the sizes of reads and writes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1024, 5000, 65_536, 262_144),
        fc.constantFrom("direct" as const, "direct" as const, "stream" as const),
        fc.tuple(fc.option(fc.nat(30_000), { nil: undefined }), fc.option(fc.nat(30_000), { nil: undefined })),
        fc.array(happening, { maxLength: 80, size: "max" }),
        (largeBytes, readMode, rooms, happenings) => {
          const pool = poolOf(largeBytes);
          const tasks = new Tasks();
          const ways = rooms.map(
            (room, i) => new OneWay(pool, { seed: i + 1, readMode, tasks, ...(room === undefined ? {} : { room }) }),
          );
          for (const { way: which, does, bytes } of happenings) {
            const way = ways[which];
            if (way === undefined) continue;
            if (does === "send") way.arrive(bytes);
            else if (does === "read") way.source.deliver(bytes);
            else way.sink.grant(bytes);
            tasks.run();
            const [a, b] = ways.map(({ source }) => source.readingInto);
            if (a !== undefined && a === b) expect(a, "a buffer of two directions").to.equal(pool.scratch);
            expect(way.sink.unsent, "at most one large buffer, or one read, is queued").to.be.at.most(
              Math.max(largeBytes, 65_536),
            );
            expect(way.source.isReading).to.equal(way.sink.unsent === 0);
            expect(pool.lent).to.be.at.most(2);
          }
          for (const way of ways) {
            way.sink.grant();
            tasks.run();
            way.source.deliverAll();
            tasks.run();
            expect(way.sink.received).to.have.length(way.sent);
            expect(firstDifference(way.sink.received, way.seed)).to.equal(-1);
            expect([way.sink.violations, way.duplex.bytes]).to.deep.equal([[], way.sent]);
            way.source.sendEnd();
            way.source.deliver();
          }
          expect(pool.lent).to.equal(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("the stream of test bytes tells when one is missing", () => {
    const stream = patternBytes(1, 0, 5000);
    const without = Buffer.concat([stream.subarray(0, 3000), stream.subarray(3001)]);
    expect(firstDifference(stream, 1)).to.equal(-1);
    expect(firstDifference(without, 1)).to.be.within(3000, 3005);
    expect(firstDifference(stream, 2)).to.be.within(0, 5);
    expect(patternBytes(1, 1234, 100).equals(stream.subarray(1234, 1334))).to.equal(true);
  });
});
