import { expect } from "chai";
import { decodeProxyHeader } from "../../../src/proxy-protocol/decode.ts";
import type { DecodeResult } from "../../../src/proxy-protocol/header.ts";

const SIGNATURE = "0d0a0d0a000d0a515549540a";
const INET = "cb007107 c0000201 0fa0 01bb"; // 203.0.113.7:4000 to 192.0.2.1:443
const INET6 = "20010db8000000000000000000000001 20010db8000000000000000000000002 0fa0 01bb";

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));

/** Signature, the two bytes given, the length of the rest, the rest. */
function build(verCmd: string, family: string, rest = ""): Uint8Array {
  const length = bytes(rest).length;
  return bytes(`${SIGNATURE} ${verCmd} ${family} ${length.toString(16).padStart(4, "0")} ${rest}`);
}

/** The header, checked to be as long as the bytes given. */
function headerOf(given: Uint8Array): unknown {
  const result = decodeProxyHeader(given);
  if (result.kind !== "header") return result;
  expect(result.length).to.equal(given.length);
  return result.header;
}

const local = { version: 2, command: "local", transport: "unspec", tlvs: [] };
const inet = {
  version: 2,
  command: "proxy",
  transport: "stream",
  source: { address: "203.0.113.7", port: 4000 },
  destination: { address: "192.0.2.1", port: 443 },
  tlvs: [],
};
const inet6 = {
  ...inet,
  source: { address: "2001:db8::1", port: 4000 },
  destination: { address: "2001:db8::2", port: 443 },
};

describe("PROXY protocol v2 decoder", () => {
  it("reads each family and transport of the specification", () => {
    expect(headerOf(build("21", "11", INET))).to.deep.equal(inet);
    expect(headerOf(build("21", "12", INET))).to.deep.equal({ ...inet, transport: "dgram" });
    expect(headerOf(build("21", "21", INET6))).to.deep.equal(inet6);
    expect(headerOf(build("21", "22", INET6))).to.deep.equal({ ...inet6, transport: "dgram" });
    const unix = { version: 2, command: "proxy", tlvs: [] };
    expect(headerOf(build("21", "31", "2f".repeat(216)))).to.deep.equal({ ...unix, transport: "stream" });
    expect(headerOf(build("21", "32", "2f".repeat(216)))).to.deep.equal({ ...unix, transport: "dgram" });
    expect(headerOf(build("21", "00"))).to.deep.equal({ ...unix, transport: "unspec" });
  });

  it("leaves the payload alone", () => {
    const payload = Buffer.from("GET / HTTP/1.1\r\n\r\n");
    const result = decodeProxyHeader(Buffer.concat([build("21", "11", INET), payload]));
    expect(result).to.deep.equal({ kind: "header", header: inet, length: 28 });
  });

  it("folds IPv4-mapped addresses", () => {
    const mapped = "00000000000000000000ffffcb007107 20010db8000000000000000000000002 0fa0 01bb";
    expect(headerOf(build("21", "21", mapped))).to.deep.equal({ ...inet6, source: inet.source });
  });

  it("uses no address of a family or transport that it cannot know", () => {
    const unspec = { version: 2, command: "proxy", transport: "unspec", tlvs: [] };
    expect(headerOf(build("21", "10", INET))).to.deep.equal(unspec);
    expect(headerOf(build("21", "10"))).to.deep.equal(unspec);
    expect(headerOf(build("21", "30", "00".repeat(216)))).to.deep.equal(unspec);
    expect(headerOf(build("21", "01", INET))).to.deep.equal({ ...unspec, transport: "stream" });
    expect(headerOf(build("21", "00", "ffffff"))).to.deep.equal(unspec);
  });

  it("accepts LOCAL whatever follows, and uses none of its addresses", () => {
    expect(headerOf(build("20", "00"))).to.deep.equal(local);
    expect(headerOf(build("20", "11", INET))).to.deep.equal(local);
    expect(headerOf(build("20", "21", INET))).to.deep.equal(local);
    expect(headerOf(build("20", "31"))).to.deep.equal(local);
    expect(headerOf(build("20", "ff", "0102030405"))).to.deep.equal(local);
    expect(headerOf(build("20", "00", "050010"))).to.deep.equal(local);
    expect(headerOf(build("20", "00", "050002 6162"))).to.deep.equal({
      ...local,
      tlvs: [{ type: 5, value: Uint8Array.of(0x61, 0x62) }],
    });
    expect(headerOf(build("20", "11", `${INET} 050002 6162`))).to.deep.equal({
      ...local,
      tlvs: [{ type: 5, value: Uint8Array.of(0x61, 0x62) }],
    });
  });

  it("reads TLVs in order, empty ones too, and skips padding", () => {
    const tlvs = "010002 6832 040000 050000 040003 ffffff e00001 00";
    const expected = [
      { type: 0x01, value: Uint8Array.of(0x68, 0x32) },
      { type: 0x05, value: new Uint8Array(0) },
      { type: 0xe0, value: Uint8Array.of(0) },
    ];
    expect(headerOf(build("21", "11", `${INET} ${tlvs}`))).to.deep.equal({ ...inet, tlvs: expected });
    expect(headerOf(build("21", "00", tlvs)))
      .to.have.property("tlvs")
      .that.deep.equals(expected);
    expect(headerOf(build("21", "31", `${"00".repeat(216)} ${tlvs}`)))
      .to.have.property("tlvs")
      .that.deep.equals(expected);
  });

  it("copies TLV values, so that the buffer can be reused", () => {
    const buffer = Buffer.from(build("21", "11", `${INET} 050002 6162`));
    const result = decodeProxyHeader(buffer);
    buffer.fill(0);
    expect(result).to.have.nested.property("header.tlvs[0].value").that.deep.equals(Uint8Array.of(0x61, 0x62));
  });

  it("reads what HAProxy 2.6 sends", () => {
    const loopback = { address: "127.0.0.1", port: 0 };
    expect(headerOf(bytes(`${SIGNATURE} 2111000c7f0000017f000001a10a911b`))).to.deep.equal({
      ...inet,
      source: { ...loopback, port: 0xa10a },
      destination: { ...loopback, port: 0x911b },
    });
    // send-proxy-v2 proxy-v2-options crc32c,unique-id: over IPv4, over IPv6 (empty id), from a unix socket
    const checked = "211100227f0000017f000001a200866b 030004 8cd5f69b 05000c 69642d3132372e302e302e31";
    expect(headerOf(bytes(`${SIGNATURE} ${checked}`))).to.deep.equal({
      ...inet,
      source: { ...loopback, port: 0xa200 },
      destination: { ...loopback, port: 0x866b },
      tlvs: [{ type: 5, value: new TextEncoder().encode("id-127.0.0.1") }],
    });
    const six = `2121002e ${"0".repeat(31)}1 ${"0".repeat(31)}1 badaa025 030004 2790d800 050000`;
    expect(headerOf(bytes(`${SIGNATURE} ${six}`))).to.deep.equal({
      ...inet,
      source: { address: "::1", port: 0xbada },
      destination: { address: "::1", port: 0xa025 },
      tlvs: [{ type: 5, value: new Uint8Array(0) }],
    });
    expect(headerOf(bytes(`${SIGNATURE} 2000000a 030004 826374b8 050000`))).to.deep.equal({
      ...local,
      tlvs: [{ type: 5, value: new Uint8Array(0) }],
    });
  });

  it("notices every flipped bit under a checksum", () => {
    const good = bytes(`${SIGNATURE} 211100137f0000017f000001a200866b 030004 00000000`);
    // Flips in the signature, the length and the type of the checksum's own TLV have other consequences.
    const sealed = Buffer.from(good);
    sealed.writeUInt32BE(checksum(good), 31);
    expect(decodeProxyHeader(sealed).kind).to.equal("header");
    for (const at of [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 31, 32, 33, 34]) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(sealed);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(decodeProxyHeader(flipped), `byte ${at}, bit ${bit}`).to.deep.equal({
          kind: "malformed",
          problem: "wrong CRC32c",
        });
      }
    }
  });

  const malformed: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["version 0", build("01", "11", INET), /version 0/],
    ["version 1", build("11", "11", INET), /version 1/],
    ["version 3", build("31", "11", INET), /version 3/],
    ["version 2 LOCAL with another version", build("10", "00"), /version 1/],
    ["command 2", build("22", "11", INET), /command 2/],
    ["command 15", build("2f", "11", INET), /command 15/],
    ["family 4", build("21", "41", INET), /family 4/],
    ["family 15", build("21", "f1", INET), /family 15/],
    ["transport 3", build("21", "13", INET), /transport/],
    ["transport 15", build("21", "2f", INET6), /transport/],
    ["unspecified family with transport 9", build("21", "09"), /transport/],
    ["no IPv4 block", build("21", "11"), /shorter/],
    ["an IPv4 block short by a byte", build("21", "11", "cb007107 c0000201 0fa0 01"), /shorter/],
    ["an IPv6 block short by a byte", build("21", "21", INET6.slice(0, -2)), /shorter/],
    ["an IPv4 block as IPv6", build("21", "22", INET), /shorter/],
    ["a unix block short by a byte", build("21", "31", "00".repeat(215)), /shorter/],
    ["a TLV of one byte", build("21", "11", `${INET} 05`), /cut off/],
    ["a TLV of two bytes", build("21", "11", `${INET} 0500`), /cut off/],
    ["a TLV that overruns by one", build("21", "11", `${INET} 050002 61`), /longer/],
    ["a TLV that overruns by far", build("21", "21", `${INET6} 05ffff 61`), /longer/],
    ["a second TLV that overruns", build("21", "11", `${INET} 050001 61 020004 616263`), /longer/],
    ["padding that overruns", build("21", "11", `${INET} 040001`), /longer/],
    ["a TLV that overruns behind unix paths", build("21", "31", `${"00".repeat(216)} 050001`), /longer/],
    ["a wrong checksum", build("21", "11", `${INET} 030004 00000000`), /wrong CRC32c/],
    ["a wrong checksum behind LOCAL", build("20", "00", "030004 00000000"), /wrong CRC32c/],
    ["a wrong checksum behind UNSPEC", build("21", "00", "030004 12345678"), /wrong CRC32c/],
    ["a checksum of 3 bytes", build("21", "11", `${INET} 030003 000000`), /not 4 bytes/],
    ["a checksum of 5 bytes", build("21", "11", `${INET} 030005 0000000000`), /not 4 bytes/],
    ["two checksums", build("21", "11", `${INET} 030004 00000000 030004 00000000`), /more than one/],
    ["a length of 65,535", bytes(`${SIGNATURE} 2111 ffff`), /16384/],
    ["a length above the limit by one", bytes(`${SIGNATURE} 2111 3ff1`), /16384/],
    ["a length above the limit with LOCAL", bytes(`${SIGNATURE} 2000 3ff1`), /16384/],
  ];
  for (const [name, given, problem] of malformed) {
    it(`refuses ${name}`, () => {
      const result = decodeProxyHeader(given);
      expect(result).to.have.property("kind", "malformed");
      expect(result).to.have.property("problem").that.matches(problem);
    });
  }

  it("refuses before the rest has come", () => {
    expect(decodeProxyHeader(bytes(`${SIGNATURE} 31`)).kind).to.equal("malformed");
    expect(decodeProxyHeader(bytes(`${SIGNATURE} 22`)).kind).to.equal("malformed");
    expect(decodeProxyHeader(bytes(`${SIGNATURE} 21 41`)).kind).to.equal("malformed");
    expect(decodeProxyHeader(bytes(`${SIGNATURE} 21 11 000b`)).kind).to.equal("malformed");
  });

  it("takes a header of the greatest length", () => {
    const given = new Uint8Array(16_384);
    given.set(bytes(`${SIGNATURE} 2111 3ff0 ${INET} e0 3fe1`));
    expect(headerOf(given)).to.have.nested.property("tlvs[0].value").with.length(0x3fe1);
  });

  const waiting: readonly (readonly [string, string, number])[] = [
    ["one byte", "0d", 2],
    ["half the signature", "0d0a0d0a000d", 7],
    ["the signature", SIGNATURE, 13],
    ["the command PROXY", `${SIGNATURE} 21`, 14],
    ["the command LOCAL, whose family does not matter", `${SIGNATURE} 20`, 16],
    ["the family", `${SIGNATURE} 2111`, 16],
    ["half the length", `${SIGNATURE} 211100`, 16],
    ["the length", `${SIGNATURE} 2111000c`, 28],
    ["half the block", `${SIGNATURE} 2111000f cb007107`, 31],
  ];
  for (const [name, hex, atLeast] of waiting) {
    it(`waits for ${atLeast} bytes after ${name}`, () => {
      const result: DecodeResult = decodeProxyHeader(bytes(hex));
      expect(result).to.deep.equal({ kind: "need-more", atLeast });
    });
  }

  it("is absent as soon as the signature differs", () => {
    const signature = bytes(SIGNATURE);
    for (let at = 0; at < signature.length; at++) {
      const wrong = signature.slice(0, at + 1);
      wrong[at] = (wrong[at] ?? 0) ^ 0x80;
      expect(decodeProxyHeader(wrong), `byte ${at}`).to.deep.equal({ kind: "absent" });
    }
  });
});

/** CRC32c bit by bit, written apart from the table-driven one under test. */
function checksum(message: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of message) {
    for (let bit = 0; bit < 8; bit++) {
      const low = (crc ^ (byte >> bit)) & 1;
      crc = (crc >>> 1) ^ (low ? 0x82f63b78 : 0);
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}
