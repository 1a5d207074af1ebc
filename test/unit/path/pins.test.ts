import { expect } from "chai";
import { Pins, pinEffect, pinName } from "../../../src/path/pins.ts";

describe("Pins", () => {
  it("keep a client while it has connections, however long", () => {
    const pins = new Pins(100);
    expect(pins.find("c", 0)).to.equal(undefined);
    pins.opened("c", "b");
    expect(pins.find("c", 1_000_000)).to.equal("b");
    expect(pins.find("other", 0)).to.equal(undefined);
  });

  it("and for their time after the last one", () => {
    const pins = new Pins(100);
    pins.opened("c", "b");
    pins.opened("c", "b");
    pins.closed("c", "b", 1000);
    expect(pins.find("c", 5000)).to.equal("b");
    pins.closed("c", "b", 6000);
    expect(pins.find("c", 6099)).to.equal("b");
    expect(pins.find("c", 6100)).to.equal(undefined);
  });

  it("are bounded in number: who would be forgotten next is forgotten first", () => {
    const pins = new Pins(1_000_000);
    for (let i = 0; i < 100_001; i++) {
      pins.opened(`c${i}`, "b");
      pins.closed(`c${i}`, "b", i);
    }
    expect(pins.size).to.equal(100_000);
    expect([pins.find("c0", 100_001), pins.find("c1", 100_001)]).to.deep.equal([undefined, "b"]);
  });

  it("a new connection takes the rest away", () => {
    const pins = new Pins(100);
    pins.opened("c", "b");
    pins.closed("c", "b", 0);
    pins.opened("c", "b");
    expect(pins.find("c", 1000)).to.equal("b");
    expect(pins.size).to.equal(1);
  });

  it("follow the client: the newer place counts, the end of the older one does not", () => {
    const pins = new Pins(100);
    pins.opened("c", "b");
    pins.opened("c", "d");
    expect(pins.find("c", 0)).to.equal("d");
    pins.closed("c", "b", 10);
    expect(pins.find("c", 1000)).to.equal("d");
    pins.closed("c", "d", 1000);
    expect(pins.find("c", 1099)).to.equal("d");
    expect(pins.find("c", 1100)).to.equal(undefined);
  });

  it("count every connection of a client that came back to a place", () => {
    const pins = new Pins(100);
    pins.opened("c", "b");
    pins.opened("c", "d");
    pins.opened("c", "b");
    pins.closed("c", "b", 0);
    expect(pins.find("c", 1000), "one of two is open").to.equal("b");
    pins.closed("c", "d", 1000);
    pins.closed("c", "b", 2000);
    expect(pins.find("c", 2099)).to.equal("b");
    expect(pins.find("c", 2100)).to.equal(undefined);
  });

  it("are forgotten when the client goes home, and what ends later brings nothing back", () => {
    const pins = new Pins(100);
    pins.opened("c", "b");
    pins.forget("c");
    expect(pins.find("c", 0)).to.equal(undefined);
    pins.closed("c", "b", 0);
    expect(pins.find("c", 1)).to.equal(undefined);
    expect(pins.size).to.equal(0);
  });

  it("a connection from before the client went home keeps counting once it is back", () => {
    const pins = new Pins(100);
    pins.opened("c", "b");
    pins.forget("c");
    pins.opened("c", "b");
    pins.closed("c", "b", 0);
    expect(pins.find("c", 1000)).to.equal("b");
    pins.closed("c", "b", 1000);
    expect(pins.find("c", 1100)).to.equal(undefined);
  });

  it("need memory only for those who were there within their time", () => {
    const pins = new Pins(100);
    for (let i = 0; i < 10_000; i++) {
      pins.opened(`c${i}`, "b");
      pins.closed(`c${i}`, "b", i);
    }
    expect(pins.size).to.be.within(100, 101);
    expect(pins.find("c9999", 9999)).to.equal("b");
    expect(pins.find("c9900", 9999)).to.equal("b");
    expect(pins.find("c9800", 9999)).to.equal(undefined);
  });

  it("of no time pin nobody", () => {
    const pins = new Pins(0);
    pins.opened("c", "b");
    expect(pins.find("c", 0)).to.equal(undefined);
  });
});

describe("pinEffect", () => {
  const keeps = ["pinned", "overflow"] as const;
  const drops = ["home", "nat-split"] as const;
  const neither = ["ramping", "backup", "panic", "sticky", "new-session", "hint"] as const;

  it("keeps who overflowed, drops who is where they belong, and leaves all others alone", () => {
    for (const failBack of ["now", "new"] as const) {
      for (const reason of keeps) expect(pinEffect(reason, failBack), reason).to.equal("keep");
      for (const reason of drops) expect(pinEffect(reason, failBack), reason).to.equal("drop");
      for (const reason of neither) expect(pinEffect(reason, failBack), reason).to.equal(undefined);
    }
  });

  it("keeps who moved because a backend was down only with FAIL_BACK=new", () => {
    expect(pinEffect("failover", "new")).to.equal("keep");
    expect(pinEffect("failover", "now")).to.equal(undefined);
  });
});

describe("pinName", () => {
  it("gives each part of a heavy client a name of its own", () => {
    expect(pinName("203.0.113.7/32", undefined)).to.equal("203.0.113.7/32");
    const names = [0, 1, 2].map((start) => pinName("203.0.113.7/32", { start }));
    expect(new Set([...names, "203.0.113.7/32"]).size).to.equal(4);
  });
});
