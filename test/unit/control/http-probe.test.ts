import { expect } from "chai";
import { createProbe } from "../../../src/control/health/create-probe.ts";
import { backend } from "./fixtures.ts";

describe("http probe", () => {
  it("takes one source address for a check, so that all of them have their turn", async () => {
    const hosts: string[] = [];
    const probe = createProbe({
      kind: "http",
      method: "GET",
      path: "/",
      host: undefined,
      port: undefined,
      sourceAddress: (host) => {
        hosts.push(host);
        return undefined;
      },
      expect: [{ from: 200, to: 399 }],
      expectBody: undefined,
      drainOn: undefined,
      proxyHeader: undefined,
    });
    const abort = new AbortController();
    const outcome = probe(backend("a"), abort.signal);
    abort.abort("enough");
    await outcome;
    expect(hosts).to.deep.equal(["127.0.0.1"]);
  });
});
