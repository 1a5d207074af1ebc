import { expect } from "chai";
import { ClientShares, COUNTED_A_MINUTE, HALF_LIFE_MS } from "../../../../src/skew/live/client-shares.ts";
import { createSeededRandom } from "../../../../src/skew/seeded-random.ts";

const random = createSeededRandom(7, "client shares");

describe("ClientShares", () => {
  it("counts every one while they are few", () => {
    const shares = new ClientShares(random, true);
    for (let i = 0; i < 90; i++) shares.placed(i % 3 === 0 ? "a" : `client ${i}`);
    expect(shares.total).to.equal(90);
    expect(shares.lookUp("a")).to.deep.equal({ key: "a", atLeast: 30, atMost: 30 });
    expect(shares.top(1)).to.deep.equal([{ key: "a", atLeast: 30, atMost: 30 }]);
    expect([shares.stride, shares.grain]).to.deep.equal([1, 1]);
  });

  it("forgets half of it in a half-life", () => {
    const shares = new ClientShares(random, true);
    for (let i = 0; i < 1000; i++) shares.placed("old");
    for (let minute = 0; minute < HALF_LIFE_MS / 60_000; minute++) shares.passMinute();
    for (let i = 0; i < 1000; i++) shares.placed("new");
    expect(shares.total).to.be.closeTo(1500, 1e-6);
    expect(shares.lookUp("old").atLeast).to.be.closeTo(500, 1e-6);
  });

  it("lets a count stand for less as it fades, so chance is judged by what is left", () => {
    const shares = new ClientShares(random, true);
    for (let i = 0; i < 1000; i++) shares.placed("old");
    for (let minute = 0; minute < HALF_LIFE_MS / 60_000; minute++) shares.passMinute();
    expect(shares.grain).to.be.closeTo(0.5, 1e-9);
  });

  it("counts only a sample of many, which stands for all of them", () => {
    const shares = new ClientShares(random, true);
    const many = 2_000_000;
    for (let i = 0; i < many; i++) shares.placed(i % 4 === 0 ? "heavy" : `client ${i % 5000}`);
    expect(shares.stride).to.be.greaterThan(1);
    expect(shares.grain).to.be.within(2, shares.stride);
    const deviation = Math.sqrt(shares.grain * many);
    expect(shares.total).to.be.closeTo(many, 5 * deviation);
    expect(shares.lookUp("heavy").atLeast).to.be.closeTo(many / 4, many / 100);
  });

  it("counts no more than a bounded number a minute, and each again when it is quiet", () => {
    const shares = new ClientShares(random, true);
    const rush = (): void => {
      for (let i = 0; i < 1_000_000; i++) shares.placed("a");
      shares.passMinute();
    };
    rush();
    rush();
    const busy = shares.stride;
    expect(1_000_000 / busy).to.be.within(COUNTED_A_MINUTE / 2.5, COUNTED_A_MINUTE);
    for (let i = 0; i < 1_000; i++) shares.placed("a");
    shares.passMinute();
    expect(shares.stride).to.equal(1);
  });

  it("counts nothing while it is off, and begins again", () => {
    const shares = new ClientShares(random, false);
    for (let i = 0; i < 100; i++) shares.placed("a");
    shares.named("10.0.0.9");
    expect([shares.total, shares.namedTotal]).to.deep.equal([0, 0]);
    shares.switch(true);
    shares.placed("a");
    shares.named("10.0.0.9");
    expect([shares.total, shares.namedTotal]).to.deep.equal([1, 1]);
    shares.switch(false);
    for (let i = 0; i < 100; i++) shares.placed("a");
    expect(shares.total).to.be.at.most(1);
  });

  it("knows the proxies that name clients", () => {
    const shares = new ClientShares(random, true);
    for (let i = 0; i < 3; i++) shares.named("10.0.0.9");
    shares.named("10.0.0.8");
    expect(shares.topPeers(9).map(({ key, atLeast }) => [key, atLeast])).to.deep.equal([
      ["10.0.0.9", 3],
      ["10.0.0.8", 1],
    ]);
  });
});
