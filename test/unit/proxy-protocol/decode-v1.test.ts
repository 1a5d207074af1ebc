import { expect } from "chai";
import { decodeProxyHeader } from "../../../src/proxy-protocol/decode.ts";
import type { DecodeResult } from "../../../src/proxy-protocol/header.ts";

const decode = (text: string): DecodeResult => decodeProxyHeader(Buffer.from(text, "latin1"));

const proxied = (source: string, sourcePort: number, destination: string, destinationPort: number) => ({
  version: 1,
  command: "proxy",
  transport: "stream",
  source: { address: source, port: sourcePort },
  destination: { address: destination, port: destinationPort },
  tlvs: [],
});

describe("PROXY protocol v1 decoder", () => {
  it("reads the example of the specification and leaves the request alone", () => {
    const line = "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n";
    expect(decode(`${line}GET / HTTP/1.1\r\nHost: 192.168.0.11\r\n\r\n`)).to.deep.equal({
      kind: "header",
      header: proxied("192.168.0.1", 56_324, "192.168.0.11", 443),
      length: line.length,
    });
  });

  it("reads the line that HAProxy 2.6 sends", () => {
    const line = "PROXY TCP4 127.0.0.1 127.0.0.1 35924 39611\r\n";
    expect(decode(`${line}hi`)).to.deep.equal({
      kind: "header",
      header: proxied("127.0.0.1", 35_924, "127.0.0.1", 39_611),
      length: line.length,
    });
  });

  const accepted: readonly (readonly [string, ReturnType<typeof proxied>])[] = [
    [
      "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535",
      proxied("255.255.255.255", 65_535, "255.255.255.255", 65_535),
    ],
    ["PROXY TCP4 0.0.0.0 0.0.0.0 0 0", proxied("0.0.0.0", 0, "0.0.0.0", 0)],
    ["PROXY TCP6 2001:DB8::0001 2001:db8:0:0:0:0:0:2 1 2", proxied("2001:db8::1", 1, "2001:db8::2", 2)],
    [
      "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535",
      proxied("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65_535, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65_535),
    ],
    ["PROXY TCP6 ::ffff:203.0.113.7 2001:db8::1 4000 80", proxied("203.0.113.7", 4000, "2001:db8::1", 80)],
    ["PROXY TCP6 ::FFFF:CB00:7107 ::ffff:1.2.3.4 4000 80", proxied("203.0.113.7", 4000, "1.2.3.4", 80)],
  ];
  for (const [line, header] of accepted) {
    it(`accepts ${line}`, () => {
      expect(decode(`${line}\r\n`)).to.deep.equal({ kind: "header", header, length: line.length + 2 });
    });
  }

  const unknown = [
    "PROXY UNKNOWN\r\n",
    "PROXY UNKNOWN \r\n",
    "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
    "PROXY UNKNOWN TCP4 1.2.3.4 1.2.3.4 1 2\r\n",
    "PROXY UNKNOWN \xff\x00 \r \n \n\r \r\r\n",
  ];
  for (const line of unknown) {
    it(`ignores what follows UNKNOWN: ${JSON.stringify(line)}`, () => {
      expect(decode(`${line}\r\npayload`)).to.deep.equal({
        kind: "header",
        header: { version: 1, command: "proxy", transport: "unspec", tlvs: [] },
        length: line.length,
      });
    });
  }

  const malformed: readonly (readonly [string, RegExp])[] = [
    ["PROXY\r\n", /space/],
    ["PROXY\tTCP4 1.2.3.4 1.2.3.4 1 2\r\n", /space/],
    ["PROXYING", /space/],
    ["PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", /TCP4, TCP6 or UNKNOWN/],
    ["PROXY \r\n", /TCP4, TCP6 or UNKNOWN/],
    ["PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", /TCP4, TCP6 or UNKNOWN/],
    ["PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n", /TCP4, TCP6 or UNKNOWN/],
    ["PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", /TCP4, TCP6 or UNKNOWN/],
    ["PROXY TCP4\r\n", /TCP4, TCP6 or UNKNOWN/],
    ["PROXY TCP41.2.3.4 1.2.3.4 1 2\r\n", /TCP4, TCP6 or UNKNOWN/],
    ["PROXY UNKNOWNS\r\n", /UNKNOWN is not followed/],
    ["PROXY UNKNOWN\n", /UNKNOWN is not followed/],
    ["PROXY UNKNOWN\rX", /UNKNOWN is not followed/],
    ["PROXY TCP4 \r\n", /single spaces/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", /single spaces/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", /single spaces/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", /single spaces/],
    ["PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", /single spaces/],
    ["PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", /single spaces/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1  \r\n", /single spaces/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4  2\r\n", /source address or port/],
    ["PROXY TCP4 1.2.3.4\t1.2.3.4 1 2\r\n", /character/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", /character/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rX", /character/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r\n", /character/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n\r\n", /character/],
    ["PROXY TCP4 1.2.3.4\0 1.2.3.4 1 2\r\n", /character/],
    ["PROXY TCP4 ::1 ::1 1 2\r\n", /character/],
    ["PROXY TCP4 0x7f.0.0.1 1.2.3.4 1 2\r\n", /character/],
    ["PROXY TCP4 999.0.0.1 1.2.3.4 1 2\r\n", /source address or port/],
    ["PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", /source address or port/],
    ["PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", /source address or port/],
    ["PROXY TCP4 16909060 1.2.3.4 1 2\r\n", /source address or port/],
    ["PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\r\n", /source address or port/],
    ["PROXY TCP4 1.2.3.4 1.2.3.256 1 2\r\n", /destination address or port/],
    ["PROXY TCP4 1.2.3.4 1..3.4 1 2\r\n", /destination address or port/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", /source address or port/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 99999 2\r\n", /source address or port/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", /source address or port/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 00\r\n", /destination address or port/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", /destination address or port/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", /character/],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 4294967297\r\n", /destination address or port/],
    ["PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", /mixes families/],
    ["PROXY TCP6 2001:db8::1 127.0.0.1 65535 36805\r\n", /mixes families/],
    ["PROXY TCP6 1.2.3.4 ::1 1 2\r\n", /mixes families/],
    ["PROXY TCP6 1.2.3 ::1 1 2\r\n", /source address or port/],
    ["PROXY TCP6 ::1 ::1::2 1 2\r\n", /destination address or port/],
    ["PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n", /source address or port/],
    ["PROXY TCP6 ::1 12345:: 1 2\r\n", /destination address or port/],
    ["PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", /character/],
    ["PROXY TCP6 [::1] ::1 1 2\r\n", /character/],
    ["PROXY TCP6 ::1 ::1 a 2\r\n", /source address or port/],
    ["PROXY TCP6 ::1 ::1 1 2\n", /character/],
    [`PROXY TCP4 ${"1".repeat(96)}`, /107/],
    [`PROXY TCP6 ${"0".repeat(94)}\r\r`, /character/],
    [`PROXY UNKNOWN ${"x".repeat(92)}`, /107/],
    [`PROXY UNKNOWN ${"x".repeat(92)}\r\n`, /107/],
    [`PROXY UNKNOWN ${"x".repeat(400)}\r\n`, /107/],
  ];
  for (const [text, problem] of malformed) {
    it(`refuses ${JSON.stringify(text.length > 80 ? `${text.slice(0, 40)}… (${text.length})` : text)}`, () => {
      const result = decode(text);
      expect(result).to.have.property("kind", "malformed");
      expect(result).to.have.property("problem").that.matches(problem);
    });
  }

  it("takes a line of exactly 107 bytes and waits for it to its last byte", () => {
    const line = `PROXY UNKNOWN ${"x".repeat(91)}\r\n`;
    expect(line).to.have.length(107);
    expect(decode(line)).to.include({ kind: "header", length: 107 });
    expect(decode(line.slice(0, 106))).to.deep.equal({ kind: "need-more", atLeast: 107 });
    expect(decode(line.slice(0, 105))).to.deep.equal({ kind: "need-more", atLeast: 107 });
  });

  const waiting: readonly (readonly [string, number])[] = [
    ["", 1],
    ["P", 2],
    ["PROXY", 6],
    ["PROXY ", 7],
    ["PROXY T", 8],
    ["PROXY TCP", 10],
    ["PROXY TCP6", 11],
    ["PROXY TCP4 ", 12],
    ["PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r", 32],
    ["PROXY UNKNOW", 13],
    ["PROXY UNKNOWN", 14],
    ["PROXY UNKNOWN\r", 15],
    ["PROXY UNKNOWN ", 16],
    ["PROXY UNKNOWN \r", 16],
  ];
  for (const [text, atLeast] of waiting) {
    it(`waits for byte ${atLeast} after ${JSON.stringify(text)}`, () => {
      expect(decode(text)).to.deep.equal({ kind: "need-more", atLeast });
    });
  }

  for (const text of [
    "GET / HTTP/1.1\r\n",
    "proxy TCP4",
    "PRO ",
    "PROX ",
    "POST / HTTP/1.1\r\n",
    " PROXY",
    "\n",
    "\x16\x03\x01",
    "SSH-2.0-",
  ]) {
    it(`is absent from ${JSON.stringify(text)}`, () => {
      expect(decode(text)).to.deep.equal({ kind: "absent" });
    });
  }
});
