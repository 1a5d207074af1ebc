import { expect } from "chai";
import { contenders } from "../../../bench/pick/contenders.ts";
import { judgePicks } from "../../../bench/pick/goals.ts";
import type { PickCost } from "../../../bench/pick/measure-picks.ts";

function cost(
  given: Partial<PickCost> & { readonly ns?: number; readonly coldMs?: readonly [number, number] },
): PickCost {
  const { ns = 50, coldMs: [min, median] = [10, 12] } = given;
  return {
    name: "ring",
    title: "ring",
    isOurs: true,
    backends: 100,
    nsPerDecision: { median: ns, min: ns, max: ns },
    coldBuildMs: { median, min, max: median },
    warmBuildMs: { median: 5, min: 5, max: 5 },
    ...given,
  };
}

describe("the benchmark of choices", () => {
  it("asks everybody for one of the backends there are", () => {
    const client = { bytes: Uint8Array.of(203, 0, 113, 9), text: "203.0.113.9" };
    const found = contenders();
    expect(found.filter(({ isOurs }) => isOurs).map(({ name }) => name)).to.deep.equal([
      ...["ring", "rendezvous", "maglev", "modulo"],
    ]);
    expect(found.length).to.equal(12);
    for (const contender of found) expect(contender.build(3)(client), contender.title).to.be.within(0, 2);
  });

  it("judges ours with a hundred backends, by the median decision and the shortest build", () => {
    const kept = judgePicks([cost({}), cost({ isOurs: false, ns: 2_000 }), cost({ backends: 10, ns: 2_000 })]);
    expect(kept.map((verdict) => verdict.kept)).to.deep.equal([true, true]);
    expect(kept[0]?.text).to.equal("ring: 50 ns a decision, goal 100: kept");
    const missed = judgePicks([cost({ ns: 101 }), cost({ coldMs: [21, 25] }), cost({ coldMs: [20, 300] })]);
    expect(missed.map((verdict) => verdict.kept)).to.deep.equal([false, true, true, false, true, true]);
  });
});
