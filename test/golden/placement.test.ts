import { readFileSync } from "node:fs";
import { expect } from "chai";
import { keyHash } from "../../src/hashing/murmur3.ts";
import { buildTable } from "../../src/hashing/registry.ts";
import { policies } from "../support/hash-tables.ts";
import { makePlacement, type Placement, placementFile } from "./make-placement.ts";

const BREAKING =
  "clients would land on other backends than with earlier versions, and on others than with replicas that are not upgraded yet: " +
  "a change here is a breaking change. If it is meant, say so in CHANGELOG.md and write the vectors anew " +
  "(npm run compile && node build/test/golden/make-placement.js)";

describe("golden placements", () => {
  const golden = JSON.parse(readFileSync(placementFile, "utf8")) as Placement;

  it("are there: hundreds of clients, several lists, every policy", () => {
    expect(golden.keys.length).to.be.at.least(200);
    expect(golden.cases.length).to.be.at.least(4);
    for (const { entries, hashes, orders } of golden.cases) {
      expect(hashes.length).to.equal(golden.keys.length);
      expect(Object.keys(orders)).to.have.members([...policies]);
      for (const policy of policies) {
        expect(orders[policy].length).to.equal(golden.keys.length);
        // Every backend has at least one client, or the vectors would prove little; only a lightweight may have none.
        const owners = new Set(orders[policy].map((order) => order[0]));
        expect(owners.size).to.be.at.least(Math.min(3, entries.length));
      }
    }
  });

  for (const { name, options, entries, hashes, orders } of golden.cases) {
    it(`hash the keys of "${name}" as ever`, () => {
      const found = golden.keys.map((key) => keyHash(Uint8Array.from(Buffer.from(key, "hex")), options.seed));
      expect(found, BREAKING).to.deep.equal(hashes.map((hash) => Number.parseInt(hash, 16)));
    });

    for (const policy of policies) {
      it(`place the clients of "${name}" as ever (${policy})`, () => {
        // Any order of the list must do.
        const table = buildTable(policy, [...entries].reverse(), options);
        expect(table.entries).to.deep.equal(entries);
        hashes.forEach((hash, client) => {
          const order = orders[policy][client] ?? "";
          const found = table.order(Number.parseInt(hash, 16));
          expect(found.join(""), `client ${golden.keys[client]}: ${BREAKING}`).to.equal(order);
          expect(String(table.owner(Number.parseInt(hash, 16)))).to.equal(order[0]);
        });
      });
    }
  }

  it("are what their generator makes", () => {
    expect(makePlacement(), BREAKING).to.deep.equal(golden);
  });
});
