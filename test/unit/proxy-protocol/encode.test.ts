import { expect } from "chai";
import type { Endpoint } from "../../../src/model/client-key.ts";
import { decodeProxyHeader } from "../../../src/proxy-protocol/decode.ts";
import { encodeProxyV1, encodeProxyV2 } from "../../../src/proxy-protocol/encode.ts";

const v4: Endpoint = { address: "203.0.113.7", port: 4000 };
const v4too: Endpoint = { address: "192.0.2.1", port: 443 };
const v6: Endpoint = { address: "2001:db8::1", port: 4000 };
const v6too: Endpoint = { address: "2001:DB8:0:0::2", port: 443 };
const unix: Endpoint = { address: "", port: 0 };

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const SIGNATURE = "0d0a0d0a000d0a515549540a";

describe("PROXY protocol v1 encoder", () => {
  it("writes one family as it is", () => {
    expect(text(encodeProxyV1(v4, v4too))).to.equal("PROXY TCP4 203.0.113.7 192.0.2.1 4000 443\r\n");
    expect(text(encodeProxyV1(v6, v6too))).to.equal("PROXY TCP6 2001:db8::1 2001:db8::2 4000 443\r\n");
    expect(text(encodeProxyV1({ ...v4, address: "::ffff:203.0.113.7" }, v4too))).to.equal(
      text(encodeProxyV1(v4, v4too)),
    );
  });

  it("maps the IPv4 address when the families differ", () => {
    expect(text(encodeProxyV1(v4, v6too))).to.equal("PROXY TCP6 ::ffff:203.0.113.7 2001:db8::2 4000 443\r\n");
    expect(text(encodeProxyV1(v6, v4too))).to.equal("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 4000 443\r\n");
  });

  it("writes UNKNOWN for what has no address or port", () => {
    const odd: readonly Endpoint[] = [
      unix,
      { address: "/run/app.sock", port: 0 },
      { address: "localhost", port: 80 },
      { address: "fe80::1%eth0", port: 80 },
      { address: "1.2.3.4", port: 65_536 },
      { address: "1.2.3.4", port: -1 },
      { address: "1.2.3.4", port: 1.5 },
      { address: "1.2.3.4", port: Number.NaN },
      { address: "1.2.3.4\r\n", port: 1 },
    ];
    for (const endpoint of odd) {
      expect(text(encodeProxyV1(endpoint, v4)), JSON.stringify(endpoint)).to.equal("PROXY UNKNOWN\r\n");
      expect(text(encodeProxyV1(v4, endpoint)), JSON.stringify(endpoint)).to.equal("PROXY UNKNOWN\r\n");
    }
  });
});

describe("PROXY protocol v2 encoder", () => {
  it("writes addresses and ports in network order", () => {
    expect(hex(encodeProxyV2(v4, v4too))).to.equal(`${SIGNATURE}2111000ccb007107c00002010fa001bb`);
    expect(hex(encodeProxyV2(v6, v6too))).to.equal(
      `${SIGNATURE}2121002420010db800000000000000000000000120010db80000000000000000000000020fa001bb`,
    );
    expect(hex(encodeProxyV2(v4, v6too))).to.equal(
      `${SIGNATURE}2121002400000000000000000000ffffcb00710720010db80000000000000000000000020fa001bb`,
    );
  });

  it("speaks for itself with LOCAL: when asked, and when there is no address to send", () => {
    expect(hex(encodeProxyV2(v4, v4too, { command: "local" }))).to.equal(`${SIGNATURE}20000000`);
    expect(hex(encodeProxyV2(unix, v4))).to.equal(`${SIGNATURE}20000000`);
    expect(hex(encodeProxyV2(v6, unix))).to.equal(`${SIGNATURE}20000000`);
    expect(hex(encodeProxyV2(v4, { ...v4, port: 70_000 }))).to.equal(`${SIGNATURE}20000000`);
  });

  it("writes the very bytes of HAProxy 2.6 (send-proxy-v2 proxy-v2-options crc32c)", () => {
    const at = (address: string, port: number): Endpoint => ({ address, port });
    const inet = encodeProxyV2(at("127.0.0.1", 0x9c48), at("127.0.0.1", 0xa8c9), { crc32c: true });
    expect(hex(inet)).to.equal(`${SIGNATURE}211100137f0000017f0000019c48a8c90300045a0baaf0`);
    const inet6 = encodeProxyV2(at("::1", 0xe018), at("::1", 0xac6d), { crc32c: true });
    const one = `${"0".repeat(31)}1`;
    expect(hex(inet6)).to.equal(`${SIGNATURE}2121002b${one}${one}e018ac6d0300040c936755`);
    expect(hex(encodeProxyV2(unix, unix, { crc32c: true }))).to.equal(`${SIGNATURE}20000007030004a9b87e8f`);
  });

  it("writes TLVs in order and the checksum last", () => {
    const tlvs = [
      { type: 0xe0, value: Uint8Array.of(1, 2, 3) },
      { type: 0x04, value: new Uint8Array(2) },
    ];
    const bytes = encodeProxyV2(v4, v4too, { tlvs, crc32c: true });
    expect(hex(bytes).slice(24, 32)).to.equal("2111001e");
    expect(hex(bytes).slice(56, -8)).to.equal("e00003010203" + "0400020000" + "030004");
    expect(decodeProxyHeader(bytes)).to.have.nested.property("header.tlvs").that.deep.equals([tlvs[0]]);
  });

  it("throws RangeError for TLVs that cannot be sent", () => {
    const send = (type: number, length: number) => () =>
      encodeProxyV2(v4, v4too, { tlvs: [{ type, value: new Uint8Array(length) }] });
    expect(send(256, 0)).to.throw(RangeError, "256");
    expect(send(-1, 0)).to.throw(RangeError);
    expect(send(1.5, 0)).to.throw(RangeError);
    expect(send(3, 4)).to.throw(RangeError, "CRC32c");
    expect(send(1, 16_384 - 28 - 3 + 1)).to.throw(RangeError, "16385");
    expect(send(1, 16_384 - 28 - 3)).to.not.throw();
    expect(decodeProxyHeader(send(1, 16_384 - 28 - 3)())).to.include({ kind: "header", length: 16_384 });
  });
});
