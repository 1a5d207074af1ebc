import { expect } from "chai";
import { measureHeads } from "../../../bench/heads/measure-heads.ts";
import { headScanners } from "../../../bench/heads/scanners.ts";
import { browserRequest } from "../../../bench/http/browser-request.ts";

const HEAD = browserRequest({ browser: 1, close: false, cookie: "abc" });

describe("the benchmark of head scanners", () => {
  for (const scanner of headScanners()) {
    it(`feeds ${scanner.title} heads that it takes, one after another, and notices one that it does not`, () => {
      scanner.scan(HEAD);
      scanner.scan(HEAD);
      expect(() => scanner.scan(HEAD.subarray(0, HEAD.length - 1))).to.throw("does not take");
    });
  }

  it("measures each, and the first as its own yardstick", () => {
    const costs = measureHeads(headScanners(), HEAD, { rounds: 2, windowMs: 5 });
    expect(costs.map(({ name }) => name)).to.deep.equal(["llhttp-fields", "llhttp", "request-scanner"]);
    for (const { ns, title } of costs) expect(ns.min, title).to.be.greaterThan(0);
    expect(costs[0]?.ratio).to.deep.equal({ median: 1, min: 1, max: 1 });
  });
});
