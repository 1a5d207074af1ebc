import { expect } from "chai";
import { SourceAddresses } from "../../../src/platform/source-addresses.ts";

describe("SourceAddresses", () => {
  it("takes its addresses in turn, each family for itself", () => {
    const sources = new SourceAddresses(["10.0.0.1", "2001:db8::1", "10.0.0.2"]);
    const v4 = new Set([sources.next("10.9.9.9"), sources.next("10.9.9.9")]);
    expect([...v4].sort()).to.deep.equal(["10.0.0.1", "10.0.0.2"]);
    expect(sources.next("2001:db8::9")).to.equal("2001:db8::1");
  });

  it("uses any address for a host name", () => {
    const sources = new SourceAddresses(["10.0.0.1", "10.0.0.2"]);
    expect(new Set([sources.next("app"), sources.next("app")]).size).to.equal(2);
  });

  it("leaves the choice to the kernel when none fits or none is set", () => {
    expect(new SourceAddresses([]).next("10.0.0.1")).to.equal(undefined);
    expect(new SourceAddresses(["10.0.0.1"]).next("2001:db8::9")).to.equal(undefined);
  });
});
