import { expect } from "chai";
import { INTERVALS, LoadWatch } from "../../../../src/skew/simulation/load-watch.ts";
import { backendsOf, tenSeconds } from "../../../support/hand-made-workload.ts";

const INTERVAL_MS = 100;

describe("LoadWatch", () => {
  it("begins with what is open when the warm-up ends", () => {
    const watch = new LoadWatch(tenSeconds(backendsOf(2), [[5_500, "fails", "s2"]]));
    watch.change(0, 200, 3);
    watch.change(1, 300, 1);
    watch.change(0, 300, -1);
    // From here on, half of the quiet time: 2 and 1; then 2 and 3.
    watch.change(1, 3_250, 2);
    watch.change(1, 5_500, -3);
    const { byTime, series, peakOverFairShare } = watch.finish();
    expect(byTime.total).to.equal(4);
    expect(byTime.maxOverAvg).to.equal(1);
    expect(series.atMs).to.have.length(INTERVALS);
    expect(series.atMs.slice(0, 2)).to.deep.equal([1_050, 1_150]);
    expect(series.open.map((open) => open[0])).to.deep.equal([2, 1]);
    // 50 ms of 1 and 50 ms of 3.
    expect(series.open[1]?.[(3_200 - 1_000) / INTERVAL_MS]).to.equal(2);
    expect(series.open.map((open) => open.at(-1))).to.deep.equal([2, 0]);
    // 2 and 0 at the end.
    expect(peakOverFairShare).to.equal(2);
    expect(watch.total).to.equal(2);
  });

  it("measures until the end when nothing changes", () => {
    const watch = new LoadWatch(tenSeconds(backendsOf(2), []));
    watch.change(0, 5_500, 2);
    expect(watch.finish().byTime).to.include({ total: 1, maxOverAvg: 2, minOverAvg: 0 });
  });

  it("knows no peak in the warm-up, within an instant, and of backends that take nobody", () => {
    const watch = new LoadWatch(tenSeconds(backendsOf(2), [[5_500, "drains", "s2"]]));
    watch.change(0, 200, 9);
    watch.change(0, 1_000, -8);
    watch.change(1, 1_000, 1);
    watch.change(0, 2_000, 7);
    watch.change(1, 2_000, 7);
    watch.setUp(1, 5_500, false);
    watch.change(0, 6_000, -7);
    watch.change(1, 9_000, -8);
    expect(watch.finish().peakOverFairShare).to.equal(1);
  });

  it("counts fair shares by weight", () => {
    const backends = backendsOf(2).map((backend, i) => ({ ...backend, weight: i + 1 }));
    const watch = new LoadWatch(tenSeconds(backends, []));
    watch.change(0, 1_000, 2);
    watch.change(1, 1_000, 4);
    watch.change(0, 9_000, 1);
    // 3 of 7 at a third of the weight.
    expect(watch.finish().peakOverFairShare).to.be.closeTo(9 / 7, 1e-6);
  });

  it("is even when nobody comes", () => {
    const { byTime, peakOverFairShare } = new LoadWatch(tenSeconds(backendsOf(3), [])).finish();
    expect(byTime).to.include({ total: 0, maxOverAvg: 1 });
    expect(peakOverFairShare).to.equal(0);
  });
});
