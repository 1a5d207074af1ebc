import { expect } from "chai";
import {
  foldMapped,
  formatAddress,
  parseAddress,
  parseDecimal,
  parseIpv4,
  parseIpv6,
  toMapped,
} from "../../../src/proxy-protocol/address-text.ts";

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString("hex");

describe("address text", () => {
  it("reads decimals without signs, leading zeros or spaces, up to the maximum", () => {
    expect(parseDecimal("0", 65_535)).to.equal(0);
    expect(parseDecimal("65535", 65_535)).to.equal(65_535);
    for (const text of ["", "00", "01", "-0", "+1", "1.0", "1e3", "0x1", " 1", "1 ", "1\n", "65536", "655350", "٣"]) {
      expect(parseDecimal(text, 65_535), text).to.equal(undefined);
    }
  });

  it("reads strict dotted quads only", () => {
    expect(hex(parseIpv4("192.0.2.255"))).to.equal("c00002ff");
    expect(hex(parseIpv4("0.0.0.0"))).to.equal("00000000");
    const wrong = [
      "",
      "1",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.",
      ".1.2.3",
      "1..2.3",
      "1.2.3.256",
      "01.2.3.4",
      "0x7f.0.0.1",
      "1.2.3.4 ",
    ];
    for (const text of wrong) expect(parseIpv4(text), text).to.equal(undefined);
  });

  it("reads IPv6 text in each of its forms", () => {
    const forms: readonly (readonly [string, string])[] = [
      ["::", "00000000000000000000000000000000"],
      ["::1", "00000000000000000000000000000001"],
      ["2001:db8::", "20010db8000000000000000000000000"],
      ["2001:DB8:0:0:8:800:200C:417A", "20010db80000000000080800200c417a"],
      ["2001:0db8::0001", "20010db8000000000000000000000001"],
      ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
      ["::2:3:4:5:6:7:8", "00000002000300040005000600070008"],
      ["::ffff:192.0.2.1", "00000000000000000000ffffc0000201"],
      ["1:2:3:4:5:6:1.2.3.4", "00010002000300040005000601020304"],
      ["64:ff9b::1.2.3.4", "0064ff9b000000000000000001020304"],
    ];
    for (const [text, bytes] of forms) expect(hex(parseIpv6(text)), text).to.equal(bytes);
  });

  it("refuses every other text as IPv6", () => {
    const wrong = [
      "",
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8",
      "1:2:3:4::5:6:7:8",
      ":1::",
      "1:",
      "12345::",
      "g::",
      "1.2.3.4",
      "1.2.3.4::",
      "::1.2.3.4:5",
      "::01.2.3.4",
      "::1.2.3",
      "1:2:3:4:5:6:7:1.2.3.4",
      "fe80::1%eth0",
      "[::1]",
      "::1/64",
      " ::1",
      "::1 ",
    ];
    for (const text of wrong) expect(parseIpv6(text), text).to.equal(undefined);
  });

  it("writes canonical text (RFC 5952)", () => {
    const canonical: readonly (readonly [string, string])[] = [
      ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"], // the first of two equal runs
      ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // one zero group stays
      ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"], // the longest run
      ["0:0:0:0:0:0:0:0", "::"],
      ["1:0:0:0:0:0:0:0", "1::"],
      ["::ffff:c000:201", "::ffff:192.0.2.1"],
      ["::fffe:c000:201", "::fffe:c000:201"],
      ["1::ffff:c000:201", "1::ffff:c000:201"],
    ];
    for (const [text, expected] of canonical) {
      expect(formatAddress(parseIpv6(text) ?? new Uint8Array()), text).to.equal(expected);
    }
    expect(formatAddress(Uint8Array.of(203, 0, 113, 7))).to.equal("203.0.113.7");
  });

  it("folds IPv4-mapped addresses and nothing else, and maps back", () => {
    expect(hex(parseAddress("::ffff:10.0.0.1"))).to.equal("0a000001");
    expect(hex(parseAddress("10.0.0.1"))).to.equal("0a000001");
    expect(parseAddress("::10.0.0.1")).to.have.length(16);
    expect(parseAddress("1::ffff:10.0.0.1")).to.have.length(16);
    expect(parseAddress("localhost")).to.equal(undefined);
    expect(parseAddress("")).to.equal(undefined);
    const four = Uint8Array.of(10, 0, 0, 1);
    expect(hex(toMapped(four))).to.equal("00000000000000000000ffff0a000001");
    expect(foldMapped(toMapped(four))).to.deep.equal(four);
    const six = new Uint8Array(16);
    expect(toMapped(six)).to.equal(six);
    expect(foldMapped(six)).to.equal(six);
  });
});
