import { expect } from "chai";
import { readNodeName } from "../../../src/http/node-name.ts";
import { addressText } from "../../support/address-text.ts";

function read(text: string): string | undefined {
  const node = readNodeName(text, addressText);
  return node && `${addressText.format(node.address)} ${node.port}`;
}

describe("node names", () => {
  const names: readonly (readonly [string, string])[] = [
    ["192.0.2.1", "192.0.2.1 0"],
    ["192.0.2.1:8080", "192.0.2.1 8080"],
    ["192.0.2.1:0", "192.0.2.1 0"],
    ["192.0.2.1:_hidden", "192.0.2.1 0"],
    ["[2001:db8::1]", "2001:db8::1 0"],
    ["[2001:DB8:0::1]:65535", "2001:db8::1 65535"],
    ["[2001:db8::1]:_p.1-x", "2001:db8::1 0"],
    ["2001:db8::1", "2001:db8::1 0"],
    ["::1", "::1 0"],
    ["::ffff:192.0.2.1", "192.0.2.1 0"],
    ["[::ffff:192.0.2.1]:80", "192.0.2.1 80"],
  ];
  for (const [text, expected] of names) it(`read ${text}`, () => expect(read(text)).to.equal(expected));

  const nobody = [
    "",
    "unknown",
    "_hidden",
    "_SEVKISEK:80",
    "localhost",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.01",
    "0x7f.0.0.1",
    "192.0.2.1:",
    "192.0.2.1:65536",
    "192.0.2.1:080000",
    "192.0.2.1:+80",
    "192.0.2.1:_",
    "192.0.2.1:80:90",
    "[192.0.2.1]",
    "[2001:db8::1",
    "2001:db8::1]",
    "[2001:db8::1]80",
    "[2001:db8::1]:",
    "[]:80",
    "[fe80::1%eth0]",
    "fe80::1%eth0",
    " 192.0.2.1",
    "192.0.2.1\0",
    "192.0.2.1/32",
    '"192.0.2.1"',
    "::1::",
  ];
  for (const text of nobody) it(`do not read ${JSON.stringify(text)}`, () => expect(read(text)).to.equal(undefined));
});
