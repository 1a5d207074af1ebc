import { expect } from "chai";
import { ConfigError, type ConfigProblem } from "../../../../src/model/failure.ts";
import { buildPopulation } from "../../../../src/skew/populations/build-population.ts";
import { builtInPopulations } from "../../../../src/skew/populations/built-in.ts";
import { readPopulationPlan } from "../../../../src/skew/populations/read-plan.ts";

function problemsOf(text: string): readonly ConfigProblem[] {
  try {
    readPopulationPlan(text, "p.json");
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** `where: problem` of each thing wrong with these groups. */
function complaints(...groups: readonly object[]): readonly string[] {
  return problemsOf(JSON.stringify({ name: "p", groups })).map(({ where, problem }) => `${where}: ${problem}`);
}

describe("a population file", () => {
  it("says who there is, as briefly as possible", () => {
    const text = '{"name":"school","groups":[{"name":"homes","addresses":500,"usersPerAddress":2}]}';
    expect(readPopulationPlan(text, "school.json")).to.deep.equal({
      name: "school",
      title: "school",
      source: "school.json",
      groups: [
        {
          name: "homes",
          addresses: { count: 500, spread: "scattered", within: undefined },
          usersPerAddress: { law: "constant", value: 2 },
          connectionsPerUser: { law: "geometric", mean: 6 },
        },
      ],
    });
  });

  it("or in full", () => {
    const plan = readPopulationPlan(
      JSON.stringify({
        name: "school",
        title: "a school and its town",
        source: "ours",
        groups: [
          {
            name: "homes",
            addresses: 20,
            spread: "consecutive",
            within: "203.0.113.0/24",
            usersPerAddress: {
              law: "weighted",
              values: [
                [1, 0.9],
                [2, 0.1],
              ],
            },
            connectionsPerUser: { law: "poisson", mean: 4 },
          },
          {
            name: "school",
            at: ["198.51.100.7"],
            usersPerAddress: { law: "uniform", min: 500, max: 700 },
            connectionsPerUser: 2,
          },
        ],
      }),
      "school.json",
    );
    const made = buildPopulation(plan, 1);
    expect(made.title).to.equal("a school and its town");
    expect(made.addresses.length).to.equal(21);
    expect(made.users?.[20]).to.equal(600);
    expect(made.connections[20]).to.equal(1_200);
  });

  it("can say everything that the populations that come with the program say", () => {
    for (const plan of builtInPopulations) {
      const groups = plan.groups.map(({ addresses, ...group }) =>
        "at" in addresses
          ? { ...group, at: addresses.at }
          : { ...group, addresses: addresses.count, spread: addresses.spread },
      );
      expect(readPopulationPlan(JSON.stringify({ ...plan, groups }), "p.json")).to.deep.equal(plan);
    }
  });

  it("is refused with everything that is wrong, and where", () => {
    expect(
      complaints(
        { name: "a", addresses: 0, usersPerAddress: 1 },
        { name: "", addresses: 1, usersPerAddress: { law: "geometric", mean: 0.5 } },
        { name: "c", addresses: 1, usersPerAddress: { law: "gaussian" }, connectionsPerUser: "many" },
        { name: "d", addresses: 1, usersPerAddress: 1, size: 3 },
      ),
    ).to.deep.equal([
      "p.json groups[0].addresses: is not a whole number from 1 to 1000000",
      "p.json groups[1].name: is not a text, or empty",
      "p.json groups[1].usersPerAddress.mean: is not a number from 1 to 10000000",
      'p.json groups[2].usersPerAddress.law: is neither a number nor has a "law" of constant, weighted, uniform, geometric, poisson, lognormal, zipf, rank-size',
      'p.json groups[2].connectionsPerUser: is neither a number nor has a "law" of constant, weighted, uniform, geometric, poisson, lognormal, zipf',
      'p.json groups[3]: has the unknown key "size": only name, addresses, spread, within, at, usersPerAddress, connectionsPerUser are allowed here',
    ]);
  });

  it("is refused when laws contradict themselves", () => {
    const group = { name: "a", addresses: 1 };
    const law = (usersPerAddress: unknown) => complaints({ ...group, usersPerAddress }).join();
    expect(law({ law: "weighted", values: [[1, 0.5]] })).to.include("has shares that do not add up to 1");
    expect(law({ law: "weighted", values: [[1, 0.5, 2]] })).to.include("groups[0].usersPerAddress.values[0]");
    expect(law({ law: "weighted", values: [] })).to.include("has shares that do not add up to 1");
    expect(law({ law: "uniform", min: 3, max: 2 })).to.include("has a min above its max");
    expect(law({ law: "constant", value: 1.5 })).to.include("is not a whole number from 1 to 10000000");
    expect(law({ law: "constant", value: 1, mean: 3 })).to.include('unknown key "mean": only law, value');
    expect(law(undefined)).to.include("groups[0].usersPerAddress");
    expect(law({ law: "uniform", min: 1, max: 3 })).to.equal("");
  });

  it("is refused when addresses contradict themselves", () => {
    const users = { usersPerAddress: 1 };
    expect(
      complaints(
        { name: "a", ...users },
        { name: "a", addresses: 1, at: ["10.0.0.1"], ...users },
        { name: "c", at: ["10.0.0.2", "10.0.0.300", "10.0.0.1"], spread: "consecutive", ...users },
        { name: "d", addresses: 9, within: "10.0.0.0/29", ...users },
        { name: "e", addresses: 9, within: "10.0.0.1/29", ...users },
      ),
    ).to.deep.equal([
      'p.json groups[0]: needs either "addresses" (how many) or "at" (which)',
      'p.json groups[1]: needs either "addresses" (how many) or "at" (which)',
      'p.json groups[2]: "spread" and "within" do not go with "at"',
      "p.json groups[2].at[1]: is not an address",
      "p.json groups[3].within: has room for 8 clients only, not for 9",
      "p.json groups[4].within: is not a block such as 198.51.100.0/24 or 2001:db8::/32",
      "p.json groups[1].name: is the name of an earlier group too",
      "p.json groups[2].at[2]: is the same client as an earlier address",
    ]);
  });

  it("is refused when it would take minutes to draw", () => {
    expect(complaints({ name: "a", addresses: 3, usersPerAddress: 10_000_000 })).to.deep.equal([
      "p.json groups: have 30000000 users, more than 20000000",
    ]);
  });

  it("is refused when it is no JSON, or something else", () => {
    expect(problemsOf("{")[0]?.problem).to.match(/^not valid JSON/);
    expect(problemsOf("{")[0]?.hint).to.match(/^write e\.g\. \{"name"/);
    expect(problemsOf("[]")).to.deep.equal([{ where: "p.json", problem: "is not an object" }]);
    expect(problemsOf('{"name":"p","groups":[]}')).to.deep.equal([{ where: "p.json groups", problem: "is empty" }]);
  });
});
