import { expect } from "chai";
import { descriptorLimit } from "../../../src/platform/descriptors.ts";

const limits = (soft: string): string =>
  [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max processes             127235               127235               processes ",
    `Max open files            ${soft.padEnd(20)} 1048576              files     `,
    "Max locked memory         8388608              8388608              bytes     ",
  ].join("\n");

describe("descriptorLimit", () => {
  it("is the soft limit of this process", () => {
    expect(descriptorLimit(() => limits("1024"))).to.equal(1024);
    expect(descriptorLimit()).to.be.greaterThan(100);
  });

  it("unlimited is a large number that can be calculated with", () => {
    expect(descriptorLimit(() => limits("unlimited"))).to.equal(1_048_576);
  });

  it("without the file, or with another one, is that of an ordinary service", () => {
    const missing = () => {
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    };
    expect(descriptorLimit(missing)).to.equal(65_536);
    expect(descriptorLimit(() => "nothing of the kind")).to.equal(65_536);
  });
});
