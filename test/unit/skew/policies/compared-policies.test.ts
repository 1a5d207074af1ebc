import { expect } from "chai";
import { comparedPolicies, comparedPolicy } from "../../../../src/skew/policies/compared-policies.ts";
import { createPolicyBalancer } from "../../../../src/skew/policies/create-policy-balancer.ts";
import { defaultPolicyOptions } from "../../../../src/skew/policies/policy-options.ts";
import { comparedBackends } from "../../../support/compared.ts";
import { configure } from "../../../support/configure.ts";

describe("comparedPolicies", () => {
  it("names ours first, then the other programs' models", () => {
    expect(comparedPolicies.map(({ name }) => name)).to.deep.equal([
      ...["ring", "rendezvous", "maglev", "modulo"],
      ...["bounded-load", "bounded-load-pinned", "nat-split", "sticky-cookie"],
      ...["nginx-ip-hash", "nginx-hash", "nginx-hash-consistent"],
      ...["haproxy-map-based", "haproxy-consistent", "haproxy-bounded-load"],
      ...["envoy-ring-hash", "envoy-maglev", "ipvs-sh"],
    ]);
    expect(comparedPolicy("nginx-ip-hash")?.program).to.equal("nginx 1.22.1");
    expect(comparedPolicy("least_conn")).to.equal(undefined);
  });

  it("has titles that fit a table, no two the same", () => {
    const titles = comparedPolicies.map(({ title }) => title);
    expect(new Set(titles).size).to.equal(titles.length);
    expect(titles.filter((title) => title.length > 26)).to.deep.equal([]);
  });

  it("gives for ours lines that the configuration takes as they are", () => {
    const own = comparedPolicies.filter(({ program }) => program === "Lengket");
    expect(own).to.have.length(8);
    for (const { configuration } of own) {
      const settings = Object.fromEntries(configuration.map((line) => line.replace("LENGKET_", "").split("=")));
      expect(() => configure(settings), configuration.join(" ")).not.to.throw();
    }
    const pinned = comparedPolicy("bounded-load-pinned")?.configuration ?? [];
    const settings = Object.fromEntries(pinned.map((line) => line.replace("LENGKET_", "").split("=")));
    const { boundedLoad, overflowPinMs } = configure(settings).settings;
    expect({ boundedLoad, overflowPinMs }).to.deep.equal({ boundedLoad: 1.25, overflowPinMs: 600_000 });
  });

  it("can all be made; each tells the configuration of its own options", () => {
    for (const { name } of comparedPolicies) {
      expect(createPolicyBalancer(name, comparedBackends(3)).policy, name).to.deep.equal(comparedPolicy(name));
    }
    const options = { ...defaultPolicyOptions, boundedLoad: 1.5 };
    const lines = (name: string): readonly string[] =>
      createPolicyBalancer(name, comparedBackends(3), options).policy.configuration;
    expect(lines("bounded-load")).to.include("LENGKET_BOUNDED_LOAD=1.5");
    expect(lines("haproxy-bounded-load")).to.include("hash-balance-factor 150");
  });

  it("refuses what the program would refuse, by a RangeError that says so", () => {
    const heavy = comparedBackends(2, [300, 1]);
    expect(() => createPolicyBalancer("ring", heavy)).to.throw(RangeError, "from 1 to 256");
    expect(() => createPolicyBalancer("haproxy-consistent", heavy)).to.throw(RangeError, "HAProxy takes weights");
    expect(() => createPolicyBalancer("nginx-hash", heavy)).not.to.throw();
    expect(() => createPolicyBalancer("nginx-hash", comparedBackends(2, [0]))).to.throw(RangeError, "nginx hash");
    expect(() => createPolicyBalancer("ring", comparedBackends(2).concat(comparedBackends(1)))).to.throw(RangeError);
    expect(() => createPolicyBalancer("best", comparedBackends(2))).to.throw(RangeError, '"best"');
    expect(() => createPolicyBalancer("ring", comparedBackends(2)).setState(2, "down")).to.throw(RangeError);
    expect(() => createPolicyBalancer("ipvs-sh", comparedBackends(2)).setState(2, "down")).to.throw(RangeError);
  });
});
