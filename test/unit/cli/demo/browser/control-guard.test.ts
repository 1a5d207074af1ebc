import { expect } from "chai";
import { whyRefused } from "../../../../../src/cli/demo/browser/control-guard.ts";

const PORT = 4001;
const SHOP_PORT = 4000;
const GOOD = { method: "POST", host: "127.0.0.1:4001", origin: "http://127.0.0.1:4000" };

describe("control guard", () => {
  const refusal = (changes: Partial<Record<keyof typeof GOOD, string | undefined>>): string | undefined =>
    whyRefused({ ...GOOD, ...changes }, PORT, SHOP_PORT);

  it("lets the page of the shop in, by either name of loopback", () => {
    for (const method of ["GET", "POST"])
      for (const host of ["127.0.0.1:4001", "localhost:4001"])
        for (const origin of ["http://127.0.0.1:4000", "http://localhost:4000"])
          expect(refusal({ method, host, origin }), `${method} ${host} ${origin}`).to.equal(undefined);
  });

  it("keeps other pages out", () => {
    const strangers = [
      undefined,
      "null",
      "",
      "https://127.0.0.1:4000",
      "http://127.0.0.1:4001",
      "http://127.0.0.1",
      "http://127.0.0.1:4000.example.org",
      "http://shop.example:4000",
    ];
    for (const origin of strangers) expect(refusal({ origin }), String(origin)).to.include("page of the shop");
  });

  it("keeps foreign names for loopback out", () => {
    for (const host of [undefined, "", "127.0.0.1", "127.0.0.1:4000", "shop.example:4001", "[::1]:4001"])
      expect(refusal({ host }), String(host)).to.include("port of loopback");
  });

  it("knows two methods", () => {
    for (const method of [undefined, "OPTIONS", "PUT", "HEAD"])
      expect(refusal({ method })).to.equal("only GET and POST");
  });
});
