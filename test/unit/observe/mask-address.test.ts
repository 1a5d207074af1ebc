import { expect } from "chai";
import { createAddressMask } from "../../../src/observe/mask-address.ts";

describe("createAddressMask", () => {
  const mask = createAddressMask(24, 48);

  it("keeps the network part of an address", () => {
    expect(mask.address("203.0.113.77")).to.equal("203.0.113.0");
    expect(mask.address("2001:db8:1:2:3:4:5:6")).to.equal("2001:db8:1::");
  });

  it("cuts inside a byte", () => {
    expect(createAddressMask(20, 0).address("203.0.113.77")).to.equal("203.0.112.0");
    expect(createAddressMask(0, 35).address("2001:db8:ffff::1")).to.equal("2001:db8:e000::");
  });

  it("shows all at full length and nothing at zero", () => {
    const whole = createAddressMask(32, 128);
    expect(whole.address("203.0.113.77")).to.equal("203.0.113.77");
    expect(whole.address("2001:db8::77")).to.equal("2001:db8::77");
    const none = createAddressMask(0, 0);
    expect(none.address("203.0.113.77")).to.equal("0.0.0.0");
    expect(none.address("2001:db8::77")).to.equal("::");
  });

  it("never shows what it does not understand", () => {
    for (const text of ["", "203.0.113", "0x7f.1", "203.0.113.077", "name.example", "2001:db8::g"]) {
      expect(mask.address(text)).to.equal("");
      expect(mask.key(text)).to.equal("");
    }
    expect(mask.key("name.example/32")).to.equal("");
    expect(mask.address("fe80::1%eth0")).to.equal("fe80::");
  });

  it("masks a key as well, says to how many bits, and leaves a coarser one", () => {
    expect(mask.key("203.0.113.77/32")).to.equal("203.0.113.0/24");
    expect(mask.key("203.0.0.0/16")).to.equal("203.0.0.0/16");
    expect(mask.key("2001:db8:1:2::/64")).to.equal("2001:db8:1::/48");
  });

  it("drops what a key has behind its prefix", () => {
    expect(mask.key("203.0.113.77/32:40123")).to.equal("203.0.113.0/24");
  });
});
