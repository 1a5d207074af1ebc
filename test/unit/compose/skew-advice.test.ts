import { expect } from "chai";
import { skewContext } from "../../../src/compose/skew-context.ts";
import { adviceText, unitOf } from "../../../src/skew/live/advice-text.ts";
import type { LiveAdvice } from "../../../src/skew/live/live-advice.ts";
import { configure } from "../../support/configure.ts";

const HTTP = { MODE: "http", COOKIE_MODE: "off" };

function contextOf(settings: Readonly<Record<string, string>>, areNamed = false) {
  return skewContext(configure(settings).settings, { areNamed, backends: 10 });
}

function proxyOf(client: string, more: Partial<LiveAdvice> = {}): LiveAdvice {
  return { code: "behind-proxy", clients: [client], share: 0.97, fairShares: 9.7, isLocal: false, ...more };
}

const OFFICE: LiveAdvice = {
  code: "heavy-address",
  clients: ["203.0.113.7/32"],
  share: 0.24,
  fairShares: 2.4,
  isLocal: false,
};

describe("live advice in words", () => {
  it("asks for PROXY headers in tcp mode", () => {
    const { message } = adviceText(proxyOf("10.0.0.5/32"), contextOf({}));
    expect(message).to.contain("97 % of the connections come from 10.0.0.5: you are behind a proxy or a NAT");
    expect(message).to.contain("LENGKET_PROXY_PROTOCOL_IN=required and add 10.0.0.5 to LENGKET_PROXY_PROTOCOL_TRUSTED");
    expect(message).to.contain("LENGKET_BOUNDED_LOAD=1.25");
  });

  it("asks for trust in http mode", () => {
    const [remedy] = adviceText(proxyOf("10.0.0.5/32"), contextOf(HTTP)).remedies;
    expect(remedy).to.equal(
      "If it is a proxy of yours, believe its X-Forwarded-For: add 10.0.0.5 to LENGKET_TRUSTED_PROXIES",
    );
  });

  it("does not ask for what is set", () => {
    const first = (settings: Readonly<Record<string, string>>, areNamed = false): string | undefined =>
      adviceText(proxyOf("10.0.0.5/32"), contextOf(settings, areNamed)).remedies[0];
    const trusted = { PROXY_PROTOCOL_TRUSTED: "10.0.0.0/8" };
    expect(first({ PROXY_PROTOCOL_IN: "optional", ...trusted })).to.equal(
      "It is in LENGKET_PROXY_PROTOCOL_TRUSTED but sends no PROXY headers: let it send them",
    );
    expect(first({ PROXY_PROTOCOL_IN: "optional", PROXY_PROTOCOL_TRUSTED: "10.9.0.0/16" })).to.equal(
      "If it sends PROXY headers, believe them: add 10.0.0.5 to LENGKET_PROXY_PROTOCOL_TRUSTED",
    );
    expect(first({ PROXY_PROTOCOL_IN: "required", ...trusted }, true)).to.match(/another proxy is before that one/);
    expect(first({ ...HTTP, TRUSTED_PROXIES: "10.0.0.0/8" })).to.equal(
      "It is in LENGKET_TRUSTED_PROXIES but names no clients: let it send X-Forwarded-For",
    );
    expect(first({ ...HTTP, TRUSTED_PROXIES: "10.0.0.0/8", FORWARDED_HEADER: "none" })).to.contain(
      "LENGKET_FORWARDED_HEADER=x-forwarded-for",
    );
    const bounded = adviceText(proxyOf("10.0.0.5/32"), contextOf({ BOUNDED_LOAD: "1.25" })).remedies;
    expect(bounded.join()).to.not.contain("BOUNDED_LOAD");
  });

  it("gives no prefix that is wider than the proxy as one to trust", () => {
    const { message } = adviceText(proxyOf("2001:db8::/64"), contextOf(HTTP));
    expect(message).to.contain("come from 2001:db8::/64");
    expect(message).to.contain("add the addresses of your proxies to LENGKET_TRUSTED_PROXIES");
  });

  it("masks addresses when the access log does", () => {
    const context = contextOf({ ...HTTP, ACCESS_LOG_MASK: "true" });
    for (const advice of [proxyOf("203.0.113.7/32"), OFFICE]) {
      const { message } = adviceText(advice, context);
      expect(message).to.contain("203.0.113.0/24");
      expect(message).to.not.contain("203.0.113.7");
    }
  });

  it("says what helps against a heavy address, in each mode", () => {
    const remedies = (settings: Readonly<Record<string, string>>): string =>
      adviceText(OFFICE, contextOf(settings)).remedies.join("; ");
    expect(adviceText(OFFICE, contextOf({})).message).to.contain(
      "203.0.113.7 carries 2.4 fair shares of a backend, 24 % of the connections",
    );
    for (const setting of ["BOUNDED_LOAD=1.25", "NAT_SPLIT=3", "MODE=http"]) expect(remedies({})).to.contain(setting);
    expect(remedies(HTTP)).to.contain("LENGKET_COOKIE_MODE=insert").and.not.contain("MODE=http");
    expect(remedies({ MODE: "http", NEW_SESSION: "hash" })).to.contain("LENGKET_NEW_SESSION=least_conn");
    expect(remedies({ NAT_SPLIT: "2" })).to.contain("NAT_SPLIT=3");
    expect(remedies({ NAT_SPLIT: "4", NAT_SPLIT_SHARE: "3" })).to.contain("NAT_SPLIT_SHARE=1");
    expect(remedies({ NAT_SPLIT: "2", NAT_SPLIT_SHARE: "2.4" })).to.contain("NAT_SPLIT_SHARE=1");
  });

  it("calls this machine by its name", () => {
    const { message } = adviceText(proxyOf("127.0.0.1/32", { isLocal: true }), contextOf({}));
    expect(message).to.contain("97 % of the connections come from this machine (127.0.0.1)");
  });

  it("counts what listeners take", () => {
    expect([unitOf("tcp"), unitOf("http"), unitOf("both")]).to.deep.equal([
      "connections",
      "requests",
      "connections and requests",
    ]);
    expect(contextOf({ LISTEN: ":1;mode=tcp,:2;mode=http" }).speaks).to.equal("both");
  });

  it("is for configurations in which addresses decide, as far as that is certain", () => {
    const decides = (settings: Readonly<Record<string, string>>): boolean => contextOf(settings).addressesDecide;
    expect(decides({})).to.equal(true);
    expect(decides(HTTP)).to.equal(true);
    expect(decides({ MODE: "http", NEW_SESSION: "hash" })).to.equal(true);
    expect(decides({ MODE: "http" }), "cookies").to.equal(false);
    expect(decides({ MODE: "http", COOKIE_MODE: "passive", COOKIE_NAME: "sid" })).to.equal(false);
    expect(decides({ ...HTTP, HASH_KEY: "header:X-User" })).to.equal(false);
    expect(decides({ HASH_KEY: "client_ip_port" })).to.equal(false);
    expect(decides({ LISTEN: ":1;mode=tcp,:2;mode=http" }), "who knows which of them").to.equal(false);
  });
});
