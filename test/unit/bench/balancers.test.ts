import { isIPv4 } from "node:net";
import { expect } from "chai";
import { RELAY_BENCH } from "../../../bench/relay/relay-bench.ts";
import { findBalancers } from "../../../bench/support/bench.ts";
import { lengketEnvironment } from "../../../bench/support/lengket.ts";
import { sourceAddress } from "../../../bench/support/load.ts";
import { projectRoot, projectVersion } from "../../../bench/support/machine.ts";

describe("balancers of the benchmarks", () => {
  it("gives Lengket its place and its backends and keeps the caller's own settings out", () => {
    const environment = lengketEnvironment(
      4711,
      [
        { host: "127.0.1.1", port: 9 },
        { host: "127.0.1.2", port: 10 },
      ],
      { MODE: "http" },
      {
        PATH: "/bin",
        PORT: "80",
        LENGKET_DENY: "0.0.0.0/0",
        LENGKET_LISTEN: ":1",
      },
    );
    expect(environment).to.include({
      PATH: "/bin",
      LENGKET_LISTEN: "127.0.0.1:4711",
      LENGKET_BACKENDS: "s1=127.0.1.1:9, s2=127.0.1.2:10",
      LENGKET_HEALTH: "off",
      LENGKET_ACCESS_LOG: "off",
      LENGKET_MODE: "http",
    });
    expect(environment).to.not.have.any.keys("PORT", "LENGKET_DENY");
  });

  it("finds the plain proxy always and a given command without looking", () => {
    const { found, missing } = findBalancers(
      RELAY_BENCH,
      { balancers: ["lengket", "pipe"], lengket: ["true"] },
      "1.2.3",
    );
    expect(missing).to.deep.equal([]);
    expect(found.map(({ name, version }) => [name, version])).to.deep.equal([
      ["lengket", "1.2.3"],
      ["pipe", `Node ${process.version}`],
    ]);
  });

  it("uses many different loopback addresses, the same ones for the same seed", () => {
    const addresses = Array.from({ length: 64_000 }, (_, i) => sourceAddress(i, 7));
    expect(new Set(addresses).size).to.equal(64_000);
    for (const address of addresses) {
      if (!isIPv4(address) || !address.startsWith("127.")) expect.fail(address);
    }
    expect(sourceAddress(64_000, 7)).to.equal(addresses[0]);
    expect(sourceAddress(1, 6)).to.equal(addresses[0]);
    expect(sourceAddress(0, 2 ** 32 - 1)).to.match(/^127\./);
  });

  it("finds the project and its version", () => {
    expect(projectVersion(projectRoot(import.meta.dirname))).to.match(/^\d+\.\d+\.\d+/);
    expect(() => projectRoot("/")).to.throw("no package.json");
  });
});
