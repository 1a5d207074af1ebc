import { expect } from "chai";
import { readAddress } from "../../../../src/skew/logs/read-address.ts";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";

/** The address between two letters, in canonical form; undefined when it is none. */
function read(text: string): string | undefined {
  const words = new Int32Array(4).fill(-1);
  const bytes = Buffer.from(`9${text}f`, "latin1");
  return readAddress(bytes, 1, bytes.length - 1, words) ? new AddressList(words).text(0) : undefined;
}

describe("readAddress", () => {
  it("reads dotted quads", () => {
    for (const text of ["0.0.0.0", "203.0.113.7", "255.255.255.255", "128.0.0.1"]) expect(read(text)).to.equal(text);
  });

  it("reads IPv6 in every form", () => {
    expect(read("2001:db8::1")).to.equal("2001:db8::1");
    expect(read("2001:DB8:0:0:0:0:0:1")).to.equal("2001:db8::1");
    expect(read("::")).to.equal("::");
    expect(read("::1")).to.equal("::1");
    expect(read("1::")).to.equal("1::");
    expect(read("1:2:3:4:5:6:7::")).to.equal("1:2:3:4:5:6:7:0");
    expect(read("::2:3:4:5:6:7:8")).to.equal("0:2:3:4:5:6:7:8");
    expect(read("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).to.equal("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    expect(read("64:ff9b::192.0.2.33")).to.equal("64:ff9b::c000:221");
  });

  it("takes IPv4-mapped IPv6 for IPv4", () => {
    expect(read("::ffff:203.0.113.7")).to.equal("203.0.113.7");
    expect(read("::ffff:cb00:7107")).to.equal("203.0.113.7");
  });

  it("refuses everything else", () => {
    for (const text of [
      ...[
        "",
        "-",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "256.0.0.1",
        "01.2.3.4",
        "1.2.3.04",
        "0x1.2.3.4",
      ],
      ...[
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.4:80",
        "localhost",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
      ],
      ...[
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "12345::",
        "g::",
        "1:",
        ":1",
        ":1::",
        "fe80::1%eth0",
        "[::1]",
        "::1/64",
      ],
      ...["::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4.5", "::1a.2.3.4", "1.2.3.4::"],
    ]) {
      expect(read(text), text).to.equal(undefined);
    }
  });
});
