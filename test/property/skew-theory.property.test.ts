import { expect } from "chai";
import { keyHash } from "../../src/hashing/murmur3.ts";
import { concentration, heaviestBackendLoad, theoreticalCv } from "../../src/skew/measures/concentration.ts";
import { evenness } from "../../src/skew/measures/evenness.ts";
import { buildPopulation } from "../../src/skew/populations/build-population.ts";
import { builtInPopulations } from "../../src/skew/populations/built-in.ts";

const BACKENDS = 10;
const SALTS = 100;

/** Places each address independently and evenly, under many salts. */
function monteCarlo(plan: (typeof builtInPopulations)[number]) {
  const { addresses, users = new Float64Array(0) } = buildPopulation(plan, 1);
  const keys = Array.from(users, (_, i) => addresses.bytes(i));
  const { effectiveAddresses, heaviestShare } = concentration(users);
  const heaviest = users.indexOf(Math.max(...users));
  let squares = 0;
  let heaviestLoads = 0;
  for (let salt = 0; salt < SALTS; salt++) {
    const loads = new Float64Array(BACKENDS);
    let home = 0;
    keys.forEach((key, i) => {
      const backend = keyHash(key, salt) % BACKENDS;
      loads[backend] = (loads[backend] ?? 0) + (users[i] ?? 0);
      if (i === heaviest) home = backend;
    });
    const { cv, total } = evenness(loads);
    squares += cv * cv;
    heaviestLoads += (BACKENDS * (loads[home] ?? 0)) / total;
  }
  return {
    name: plan.name,
    ratio: Math.sqrt(squares / SALTS) / theoreticalCv(BACKENDS, effectiveAddresses),
    heaviest: heaviestLoads / SALTS / heaviestBackendLoad(heaviestShare, 1 / BACKENDS),
  };
}

describe("theory and measurement of the populations", () => {
  let found: readonly ReturnType<typeof monteCarlo>[] = [];

  before(() => {
    found = builtInPopulations.map(monteCarlo);
  });

  it("agree about the CV within 12 % for each, and within 3 % in the median", () => {
    for (const { name, ratio } of found) expect(ratio, name).to.be.within(0.88, 1.12);
    const deviations = found.map(({ ratio }) => Math.abs(ratio - 1)).sort((a, b) => a - b);
    const middle = deviations.length / 2;
    expect(((deviations[middle - 1] ?? 1) + (deviations[middle] ?? 1)) / 2).to.be.below(0.03);
  });

  it("agree about the backend that has the heaviest address", () => {
    for (const { name, heaviest } of found) expect(heaviest, name).to.be.within(0.92, 1.08);
    const office = found.find(({ name }) => name === "s5");
    expect((office?.heaviest ?? 0) * 1.9).to.be.within(1.85, 1.95);
  });
});
