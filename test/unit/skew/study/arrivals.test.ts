import { expect } from "chai";
import { AddressList } from "../../../../src/skew/populations/address-list.ts";
import type { Population } from "../../../../src/skew/populations/population.ts";
import { type Arrivals, connectionArrivals, userArrivals } from "../../../../src/skew/study/arrivals.ts";

function population(users: readonly number[] | undefined, connections: readonly number[]): Population {
  return {
    name: "few",
    title: "few",
    source: "ours",
    seed: 1,
    addresses: AddressList.of(connections.map((_, i) => Uint8Array.of(203, 0, 113, i))),
    users: users && Float64Array.from(users),
    connections: Float64Array.from(connections),
    groups: ["all"],
    groupOf: new Uint16Array(connections.length),
  };
}

/** How many arrivals there are of each address, and of each user. */
function counts({ users, addressOf }: Arrivals) {
  const byAddress = new Map<number, number>();
  const byUser = new Map<number, number>();
  for (const user of users) {
    const address = addressOf[user] ?? -1;
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    byUser.set(user, (byUser.get(user) ?? 0) + 1);
  }
  const values = (map: Map<number, number>): number[] => [...map].sort(([a], [b]) => a - b).map(([, count]) => count);
  return { byAddress: values(byAddress), byUser: values(byUser) };
}

describe("arrivals", () => {
  it("have every user once, at its address, in an order that depends on the seed alone", () => {
    const users = Float64Array.of(3, 1, 50);
    const people = population([...users], [9, 1, 200]);
    const arrivals = userArrivals(people, users, 7);
    expect(counts(arrivals).byAddress).to.deep.equal([3, 1, 50]);
    expect(counts(arrivals).byUser).to.deep.equal(new Array(54).fill(1));
    expect(userArrivals(people, users, 7)).to.deep.equal(arrivals);
    expect(userArrivals(people, users, 8).users).not.to.deep.equal(arrivals.users);
  });

  it("have every connection once, and at least one of each user", () => {
    const { byAddress, byUser } = counts(connectionArrivals(population([3, 1, 50], [9, 1, 200]), 7, 1e6));
    expect(byAddress).to.deep.equal([9, 1, 200]);
    expect(byUser).to.have.length(54);
    expect(byUser.slice(0, 3).reduce((a, b) => a + b)).to.equal(9);
  });

  it("split connections as independent geometric users would", () => {
    // Of 60,000 connections of 10,000 users a share of 1/6 has exactly one, 5/36 exactly two.
    const { byUser } = counts(connectionArrivals(population([10_000], [60_000]), 3, 1e6));
    const share = (k: number): number => byUser.filter((count) => count === k).length / byUser.length;
    expect(share(1)).to.be.closeTo(1 / 6, 0.015);
    expect(share(2)).to.be.closeTo(5 / 36, 0.015);
    expect(share(3)).to.be.closeTo(25 / 216, 0.015);
  });

  it("take each address for one user where nobody knows the users", () => {
    const arrivals = connectionArrivals(population(undefined, [9, 1, 200]), 7, 1e6);
    expect(counts(arrivals).byUser).to.deep.equal([9, 1, 200]);
  });

  it("are a part of every address when there are too many, and exactly so many", () => {
    const { byAddress } = counts(connectionArrivals(population(undefined, [600, 300, 99, 1]), 7, 100));
    expect(byAddress.reduce((a, b) => a + b)).to.equal(100);
    expect(byAddress.slice(0, 3)).to.deep.equal([60, 30, 9]);
  });

  it("are those of a part of the users where they are known, so that people come back as often as all do", () => {
    const few = counts(connectionArrivals(population([600, 300, 99, 1], [600, 300, 99, 1]), 7, 100));
    expect(few.byUser).to.deep.equal(new Array(100).fill(1));
    // An office with six connections each, and homes with three: of a tenth of them all.
    const homes = new Array<number>(600).fill(1);
    const town = population([400, ...homes], [2400, ...homes.map(() => 3)]);
    const { byAddress, byUser } = counts(connectionArrivals(town, 7, 420));
    expect(byAddress.length).to.equal(1 + 60);
    expect(byAddress[0]).to.equal(240);
    expect(byUser.length).to.equal(40 + 60);
    expect(byUser.slice(40)).to.deep.equal(new Array(60).fill(3));
  });
});
