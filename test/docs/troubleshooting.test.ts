import { expect } from "chai";
import { repositoryText } from "../support/repository.ts";

/** The members of the `Cause` union, read from its source: a type leaves nothing to import. */
function causes(): string[] {
  const source = repositoryText("src/model/connection-record.ts");
  const union = /export type Cause =\n([\s\S]*?);/.exec(source)?.[1] ?? "";
  return [...union.matchAll(/\| "([a-z-]+)"/g)].map(([, cause]) => cause ?? "");
}

describe("docs/troubleshooting.md", () => {
  const page = repositoryText("docs/troubleshooting.md");
  const documented = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, cause]) => cause ?? "");

  it("has a row for every cause, and for nothing else", () => {
    expect(causes().length).to.be.greaterThan(25);
    expect(documented.filter((cause) => causes().includes(cause)).sort()).to.deep.equal(causes().sort());
    expect(documented.filter((cause) => !causes().includes(cause))).to.deep.equal([]);
  });
});
