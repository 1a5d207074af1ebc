import { expect } from "chai";
import { addressBytes, clientKey, type KeyOptions, parseDottedQuad } from "../../../src/path/client-address.ts";

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("hex");

describe("parseDottedQuad", () => {
  for (const [text, expected] of [
    ["0.0.0.0", "00000000"],
    ["255.255.255.255", "ffffffff"],
    ["10.0.200.7", "0a00c807"],
  ] as const) {
    it(`reads ${text}`, () => expect(hex(parseDottedQuad(text))).to.equal(expected));
  }

  const wrong = [
    ["", "nothing"],
    ["1.2.3", "three parts"],
    ["1.2.3.4.5", "five parts"],
    ["1.2.3.4.", "a dot at the end"],
    [".1.2.3.4", "a dot at the beginning"],
    ["1..2.3", "an empty part"],
    ["256.1.1.1", "a part above 255"],
    ["1.1.1.1000", "a part far above 255"],
    ["010.0.0.1", "octal, or not"],
    ["00.0.0.0", "a leading zero"],
    ["0x7f.0.0.1", "hexadecimal"],
    ["127.1", "a short form"],
    ["2130706433", "one number"],
    [" 1.2.3.4", "a blank before"],
    ["1.2.3.4 ", "a blank after"],
    ["1.2.3.-4", "a sign"],
    ["1.2.3.4e0", "an exponent"],
    ["1.2.3.٤", "digits of another script"],
    ["1.2.3.4\0", "a NUL"],
    ["1.2.3.4/32", "a prefix length"],
  ] as const;
  for (const [text, why] of wrong) {
    it(`refuses ${JSON.stringify(text)}: ${why}`, () => expect(parseDottedQuad(text)).to.equal(undefined));
  }
});

describe("addressBytes", () => {
  for (const [text, expected] of [
    ["192.0.2.7", "c0000207"],
    ["::ffff:192.0.2.7", "c0000207"],
    ["::FFFF:192.0.2.7", "c0000207"],
    ["::ffff:c000:207", "c0000207"],
    ["0:0:0:0:0:ffff:192.0.2.7", "c0000207"],
    ["::", "00".repeat(16)],
    ["::1", `${"00".repeat(15)}01`],
    ["2001:DB8::a", `20010db8${"00".repeat(11)}0a`],
    ["64:ff9b::192.0.2.7", `0064ff9b${"00".repeat(8)}c0000207`],
    // Compatible with IPv4 by name only (RFC 4291, 2.5.5.1): it is not the address 192.0.2.7.
    ["::192.0.2.7", `${"00".repeat(12)}c0000207`],
  ] as const) {
    it(`reads ${text}`, () => expect(hex(addressBytes(text))).to.equal(expected));
  }

  const wrong = [
    ["", "the peer of a unix socket"],
    ["localhost", "a name"],
    ["fe80::1%eth0", "a zone"],
    ["192.0.2.7%1", "a zone on IPv4"],
    ["[::1]", "brackets"],
    ["1::2::3", "two gaps"],
    ["12345::", "five digits"],
    ["1:2:3:4:5:6:7", "seven groups"],
    ["1:2:3:4:5:6:7:8:9", "nine groups"],
    [":::", "three colons"],
    ["g::", "no hexadecimal digit"],
    ["::ffff:256.0.0.1", "a mapped part above 255"],
    ["::ffff:0x7f.0.0.1", "a mapped part in hexadecimal"],
    ["::ffff:010.0.0.1", "a mapped part with a leading zero"],
    ["::ffff:127.1", "a mapped short form"],
    ["::1/128", "a prefix length"],
    [" ::1", "a blank"],
  ] as const;
  for (const [text, why] of wrong) {
    it(`refuses ${JSON.stringify(text)}: ${why}`, () => expect(addressBytes(text)).to.equal(undefined));
  }
});

describe("clientKey", () => {
  const keyOf = (address: string, more: Partial<KeyOptions> = {}, port = 0x1234) => {
    const key = clientKey(addressBytes(address), port, { prefixV4: 32, prefixV6: 64, withPort: false, ...more });
    return `${hex(key.bytes)} ${key.text}`;
  };

  it("is the address for IPv4 and the network for IPv6", () => {
    expect(keyOf("192.0.2.7")).to.equal("c0000207 192.0.2.7/32");
    expect(keyOf("2001:db8:1:2:3:4:5:6")).to.equal(`20010db800010002${"00".repeat(8)} 2001:db8:1:2::/64`);
  });

  it("is the same however the address is written", () => {
    expect(keyOf("::ffff:192.0.2.7")).to.equal(keyOf("192.0.2.7"));
    expect(keyOf("2001:0DB8:0001:0002:0000::9")).to.equal(keyOf("2001:db8:1:2::1"));
    expect(keyOf("2001:db8:1:3::1")).not.to.equal(keyOf("2001:db8:1:2::1"));
  });

  for (const [address, options, expected] of [
    ["192.0.2.255", { prefixV4: 24 }, "c0000200 192.0.2.0/24"],
    ["192.0.2.255", { prefixV4: 27 }, "c00002e0 192.0.2.224/27"],
    ["192.0.2.255", { prefixV4: 0 }, "00000000 0.0.0.0/0"],
    ["2001:db8:ffff::1", { prefixV6: 0 }, `${"00".repeat(16)} ::/0`],
    ["2001:db8:ffff::1", { prefixV6: 37 }, `20010db8f8${"00".repeat(11)} 2001:db8:f800::/37`],
    ["2001:db8::1", { prefixV6: 128 }, `20010db8${"00".repeat(11)}01 2001:db8::1/128`],
  ] as const) {
    it(`masks ${address} to ${expected.split(" ")[1]}`, () => expect(keyOf(address, options)).to.equal(expected));
  }

  it("takes the port in when asked, and leaves it out of the name", () => {
    expect(keyOf("192.0.2.7", { withPort: true })).to.equal("c00002071234 192.0.2.7/32");
    expect(keyOf("192.0.2.7", { withPort: true }, 65_535)).to.equal("c0000207ffff 192.0.2.7/32");
    expect(keyOf("192.0.2.7", { withPort: false }, 65_535)).to.equal("c0000207 192.0.2.7/32");
  });

  it("is one and the same for all clients without an address", () => {
    expect(keyOf("")).to.equal(" unix");
    expect(keyOf("", { withPort: true })).to.equal(" unix");
  });

  it("does not change the address it was made of", () => {
    const bytes = Uint8Array.of(192, 0, 2, 255);
    clientKey(bytes, 1, { prefixV4: 8, prefixV6: 64, withPort: true });
    expect([...bytes]).to.deep.equal([192, 0, 2, 255]);
  });
});
