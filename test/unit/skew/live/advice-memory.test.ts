import { expect } from "chai";
import { AdviceMemory } from "../../../../src/skew/live/advice-memory.ts";
import type { LiveAdvice } from "../../../../src/skew/live/live-advice.ts";

const HOUR_MS = 3_600_000;

function heavy(client: string, fairShares = 2, more: Partial<LiveAdvice> = {}): LiveAdvice {
  return { code: "heavy-address", clients: [client], share: fairShares / 10, fairShares, isLocal: false, ...more };
}

function proxy(...clients: readonly string[]): LiveAdvice {
  return { code: "behind-proxy", clients, share: 0.95, fairShares: 9.5, isLocal: false };
}

describe("AdviceMemory", () => {
  it("says a thing once while it lasts", () => {
    const memory = new AdviceMemory();
    const office = heavy("a");
    expect(memory.update([office], [office], 0)).to.deep.equal([office]);
    for (let minute = 1; minute < 60; minute++)
      expect(memory.update([office], [office], minute * 60_000)).to.deep.equal([]);
  });

  it("says it again when it was over and comes back, not when it hovers at the limit", () => {
    const memory = new AdviceMemory();
    const office = heavy("a");
    memory.update([office], [office], 0);
    expect(memory.update([], [office], 1)).to.deep.equal([]);
    expect(memory.update([office], [office], 2)).to.deep.equal([]);
    expect(memory.update([], [], 3)).to.deep.equal([]);
    expect(memory.update([office], [office], 4)).to.deep.equal([office]);
  });

  it("says it again when it has become twice as heavy, and once a day", () => {
    const memory = new AdviceMemory();
    const say = (fairShares: number, atMs: number): number =>
      memory.update([heavy("a", fairShares)], [heavy("a", fairShares)], atMs).length;
    expect([say(2, 0), say(3.9, 1), say(4, 2), say(4, 3)]).to.deep.equal([1, 0, 1, 0]);
    expect([say(4, 23 * HOUR_MS), say(4, 24 * HOUR_MS + 2), say(4, 25 * HOUR_MS)]).to.deep.equal([0, 1, 0]);
  });

  it("keeps addresses apart", () => {
    const memory = new AdviceMemory();
    const [a, b] = [heavy("a"), heavy("b")];
    expect(memory.update([a], [a], 0)).to.deep.equal([a]);
    expect(memory.update([a, b], [a, b], 1)).to.deep.equal([b]);
  });

  it("takes proxies for the same ones as long as one of them is, also when they carry a little less than nearly all", () => {
    const memory = new AdviceMemory();
    expect(memory.update([proxy("p", "q")], [proxy("p", "q")], 0)).to.have.lengthOf(1);
    expect(memory.update([proxy("q")], [proxy("q")], 1)).to.deep.equal([]);
    expect(memory.update([heavy("q"), heavy("a")], [proxy("q")], 2)).to.deep.equal([heavy("a")]);
    expect(memory.update([proxy("q")], [proxy("q")], 3)).to.deep.equal([]);
    expect(memory.update([proxy("r")], [proxy("r")], 4)).to.deep.equal([proxy("r")]);
  });

  it("says what is about this machine's own addresses once and never again", () => {
    const memory = new AdviceMemory();
    const local = heavy("127.0.0.1/32", 2, { isLocal: true });
    const other = heavy("127.0.0.2/32", 9, { isLocal: true });
    expect(memory.update([local], [local], 0)).to.deep.equal([local]);
    expect(memory.update([], [], 1)).to.deep.equal([]);
    expect(memory.update([other], [other], 48 * HOUR_MS)).to.deep.equal([]);
  });
});
