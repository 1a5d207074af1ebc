import { expect } from "chai";
import fc from "fast-check";
import { decodePreamble, encodePreamble, PREAMBLE_BYTES, type TrafficMode } from "../../../bench/relay/preamble.ts";

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("the preamble of a load connection", () => {
  it("comes back as it went", () => {
    const mode = fc.constantFrom<TrafficMode>("echo", "sink", "source");
    fc.assert(
      fc.property(mode, u32, u32, (mode, offset, transferBytes) => {
        const bytes = encodePreamble({ mode, offset, transferBytes });
        expect(bytes.length).to.equal(PREAMBLE_BYTES);
        expect(decodePreamble(Buffer.concat([bytes, Buffer.from("more")]))).to.deep.equal({
          mode,
          offset,
          transferBytes,
        });
      }),
    );
  });

  it("is not seen in anything else", () => {
    const good = encodePreamble({ mode: "echo", offset: 1, transferBytes: 1 });
    expect(decodePreamble(good.subarray(0, PREAMBLE_BYTES - 1))).to.equal(undefined);
    expect(decodePreamble(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))).to.equal(undefined);
    const unknownMode = Buffer.from(good);
    unknownMode.writeUInt32BE(3, 4);
    expect(decodePreamble(unknownMode)).to.equal(undefined);
  });
});
