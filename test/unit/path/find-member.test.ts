import { expect } from "chai";
import { findMember } from "../../../src/path/find-member.ts";
import { clusterOf, memberById } from "../../support/clusters.ts";

describe("findMember", () => {
  it("finds every member of any tier and state, and nobody else", () => {
    const ids = ["a", "A", "app1", "app10", "app2", "10.0.0.1:80", "z", "é", "￿"];
    for (let count = 0; count <= ids.length; count++) {
      const present = ids.slice(0, count);
      const snapshot = clusterOf(
        Object.fromEntries(present.map((id) => [id, { of: { backup: id === "z", weight: id === "a" ? 0 : 1 } }])),
      );
      for (const id of ids) {
        const expected = present.includes(id) ? memberById(snapshot, id) : undefined;
        expect(findMember(snapshot, id), `${id} among ${count}`).to.equal(expected);
      }
      for (const id of ["", "app", "app11", "zz"]) expect(findMember(snapshot, id)).to.equal(undefined);
    }
  });
});
