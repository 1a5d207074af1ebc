import { expect } from "chai";
import { HeaderReader } from "../../../src/path/header-reader.ts";
import { encodeProxyV1, encodeProxyV2 } from "../../../src/proxy-protocol/encode.ts";

const client = { address: "203.0.113.9", port: 4711 };
const server = { address: "198.51.100.1", port: 80 };
const v1 = Buffer.from(encodeProxyV1(client, server));
const v2 = Buffer.from(encodeProxyV2(client, server));
const hello = Buffer.from("hello");

describe("HeaderReader", () => {
  for (const [name, header] of [
    ["v1", v1],
    ["v2", v2],
  ] as const) {
    it(`reads ${name} in one piece and keeps what follows`, () => {
      const first = new HeaderReader(true).push(Buffer.concat([header, hello]));
      if (first?.kind !== "header") throw new Error(`got ${first?.kind}`);
      expect(first.header.source).to.deep.equal(client);
      expect(first.rest?.toString()).to.equal("hello");
    });

    it(`reads ${name} byte by byte, and nothing follows`, () => {
      const reader = new HeaderReader(true);
      for (const byte of header.subarray(0, -1)) expect(reader.push(Uint8Array.of(byte))).to.equal(undefined);
      const first = reader.push(header.subarray(-1));
      expect(first).to.deep.include({ kind: "header", rest: undefined });
    });
  }

  it("copies what it is given: the buffer is read into again", () => {
    const reader = new HeaderReader(true);
    const scratch = Buffer.from(v1.subarray(0, 20));
    expect(reader.push(scratch)).to.equal(undefined);
    scratch.fill(0);
    const tail = Buffer.concat([v1.subarray(20), hello]);
    const first = reader.push(tail);
    tail.fill(0);
    if (first?.kind !== "header") throw new Error(`got ${first?.kind}`);
    expect(first.rest?.toString()).to.equal("hello");
  });

  it("without a header: the client's own bytes when it may be absent, an error when it may not", () => {
    expect(new HeaderReader(true).push(hello)).to.deep.equal({ kind: "bad", cause: "proxy-header-missing" });
    const first = new HeaderReader(false).push(hello);
    expect(first).to.deep.include({ kind: "no-header" });
    expect(first?.kind === "no-header" && first.rest?.toString()).to.equal("hello");
  });

  it("what looked like a header for a while is given back whole", () => {
    const reader = new HeaderReader(false);
    expect(reader.push(Buffer.from("P"))).to.equal(undefined);
    const first = reader.push(Buffer.from("OST / HTTP/1.1\r\n"));
    expect(first?.kind === "no-header" && first.rest?.toString()).to.equal("POST / HTTP/1.1\r\n");
  });

  it("a broken header is an error even when it may be absent", () => {
    const broken = Buffer.from("PROXY TCP4 1.2.3 4.5.6.7 1 2\r\n");
    expect(new HeaderReader(false).push(broken)).to.deep.equal({ kind: "bad", cause: "proxy-header-malformed" });
  });

  describe("gives up", () => {
    it("on half a header", () => {
      for (const required of [true, false]) {
        const reader = new HeaderReader(required);
        reader.push(v1.subarray(0, 10));
        expect(reader.giveUp("proxy-header-timeout")).to.deep.equal({ kind: "bad", cause: "proxy-header-timeout" });
      }
    });

    it("on silence only when there must be one", () => {
      expect(new HeaderReader(true).giveUp("closed-early")).to.deep.equal({ kind: "bad", cause: "closed-early" });
      expect(new HeaderReader(false).giveUp("proxy-header-timeout")).to.deep.equal({
        kind: "no-header",
        rest: undefined,
      });
    });
  });
});
