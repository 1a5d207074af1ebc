import { expect } from "chai";
import { TokenShelf } from "../../../../src/path/http/token-shelf.ts";
import { clusterOf } from "../../../support/clusters.ts";

const NOW = 1_800_000_000_000;

function shelfOf(): TokenShelf {
  return new TokenShelf({ value: "opaque", secrets: [new Uint8Array(32).fill(7)], idleMs: 0, lifeMs: 0 });
}

describe("TokenShelf", () => {
  it("keeps the table while the ids stay the same, whatever else is published", () => {
    const shelf = shelfOf();
    const table = shelf.tableOf(clusterOf({ a: {}, b: {} }));
    const flipped = clusterOf({ a: { health: "unhealthy" }, b: { lifecycle: "draining" } }, { version: 2 });
    expect(shelf.tableOf(flipped)).to.equal(table);
    expect(shelf.tableOf(flipped)).to.equal(table);
    expect(shelf.tableOf(clusterOf({ a: {}, b: {} }, { version: 3 }))).to.equal(table);
  });

  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["one more", ["a", "b", "c"]],
    ["one less", ["a"]],
    ["another one in place of one", ["a", "c"]],
    ["as many others", ["c", "d"]],
  ];
  for (const [what, ids] of lists) {
    it(`has tokens for exactly the backends of a new list: ${what}`, () => {
      const shelf = shelfOf();
      const before = shelf.tableOf(clusterOf({ a: {}, b: {} }));
      const table = shelf.tableOf(clusterOf(Object.fromEntries(ids.map((id) => [id, {}])), { version: 2 }));
      const hasToken = (id: string): boolean => table.issue(id, NOW) !== undefined;
      expect(["a", "b", "c", "d"].filter(hasToken)).to.deep.equal(ids);
      expect(table.issue("a", NOW)).to.equal(ids.includes("a") ? before.issue("a", NOW) : undefined);
    });
  }

  it("signs with the first secret of a reloaded ring, and still verifies the tokens of the others", () => {
    const shelf = shelfOf();
    const snapshot = clusterOf({ a: {} });
    const old = shelf.tableOf(snapshot).issue("a", NOW) ?? "";
    shelf.configure([new Uint8Array(32).fill(8), new Uint8Array(32).fill(7)]);
    const table = shelf.tableOf(snapshot);
    expect(table.issue("a", NOW)).to.be.a("string").that.does.not.equal(old);
    expect(table.verify(old, NOW)).to.deep.include({ state: "valid", backend: "a", reissue: true });
  });
});
