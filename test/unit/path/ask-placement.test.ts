import { expect } from "chai";
import { askPlacement, type LivePlacement } from "../../../src/path/ask-placement.ts";
import { MIN_HEAVY_CONNECTIONS } from "../../../src/path/nat-split.ts";
import type { DataPathOptions } from "../../../src/path/options.ts";
import { optionsOf } from "../../support/data-path-of.ts";
import { PathWorld } from "../../support/path-world.ts";
import { backendOf, memberOf, snapshotOf } from "../../support/snapshot-of.ts";

const CLIENT = { address: "203.0.113.7", port: 4000 };
const KEY = "203.0.113.7/32";

function worldOf(more: Partial<DataPathOptions> = {}): PathWorld {
  const members = ["a", "b", "c", "d"].map((id, slot) => memberOf(backendOf(id), slot));
  return new PathWorld(snapshotOf(members), more);
}

function asked({ path }: PathWorld, client = CLIENT): LivePlacement {
  const placement = askPlacement(path, client);
  if ("refused" in placement) throw new Error(placement.refused);
  return placement;
}

const chosen = ({ choice }: LivePlacement): readonly string[] =>
  choice.kind === "chosen" ? [choice.member.backend.id, choice.reason] : [choice.kind, choice.because];

describe("askPlacement", () => {
  it("knows home, and where the client would go without it", () => {
    const world = worldOf();
    const placement = asked(world);
    expect(placement.key.text).to.equal(KEY);
    const [home, next] = world.path.published.current.primary.table.order(placement.keyHash);
    const { members } = world.path.published.current.primary;
    expect(chosen(placement)).to.deep.equal([members[home ?? -1]?.backend.id, "home"]);
    expect(placement.next).to.equal(members[next ?? -1]?.backend.id);
  });

  it("knows the pin, and does not renew it", () => {
    const world = worldOf();
    const { pins } = world.path;
    const [home = ""] = chosen(asked(world));
    const elsewhere = ["a", "b", "c", "d"].find((id) => id !== home) ?? "";
    pins.opened(KEY, elsewhere);
    pins.closed(KEY, elsewhere, 0);
    expect([...chosen(asked(world)), asked(world).pinned]).to.deep.equal([elsewhere, "pinned", elsewhere]);
    world.clock.advance(60_000);
    expect([...chosen(asked(world)), asked(world).pinned]).to.deep.equal([home, "home", undefined]);
  });

  it("knows a heavy client's part, and makes nobody heavy by asking", () => {
    const world = worldOf({ natSplit: { over: 2, share: 1, key: "port-block", portBlock: 1 } });
    const { counts, ledger } = world.path;
    for (let i = 0; i < MIN_HEAVY_CONNECTIONS; i++) counts.opened(KEY);
    const parts = [4000, 4001, 4002, 4003].map((port) => asked(world, { ...CLIENT, port }));
    expect(new Set(parts.map((part) => chosen(part)[1]))).to.deep.equal(new Set(["home", "nat-split"]));
    expect(new Set(parts.map(({ split }) => split?.over))).to.deep.equal(new Set([2]));
    // Had asking made it heavy, it would stay so.
    for (let i = 0; i < 1000; i++) ledger.lease(0);
    expect(asked(world).split).to.equal(undefined);
    expect(counts.isHeavy(KEY, 1, ledger.total, 4)).to.equal(false);
  });

  it("waits where the data path waits, and is kept out by the lists only", () => {
    const waits = optionsOf().placement;
    const placement = { ...waits, choose: { ...waits.choose, onDown: "wait" as const } };
    const down = ["a", "b"].map((id, slot) => memberOf(backendOf(id), slot, { health: "unhealthy" }));
    const world = new PathWorld(snapshotOf(down), { placement });
    expect(asked(world).choice.kind).to.equal("wait");
    expect(asked(world).next).to.equal(undefined);

    const { live } = optionsOf();
    const block = { bytes: Uint8Array.of(203, 0, 113, 0), bits: 24, text: "203.0.113.0/24" };
    const rate = { perSecond: 1, burst: 1 };
    const limited = worldOf({ live: { ...live, maxConnectionsPerClient: 1, ratePerClient: rate, deny: [block] } });
    expect(askPlacement(limited.path, CLIENT)).to.deep.equal({ refused: "denied" });
    const other = { address: "198.51.100.1", port: 1 };
    for (let i = 0; i < 5; i++) limited.path.counts.opened("198.51.100.1/32");
    expect([asked(limited, other), asked(limited, other)].map((answer) => answer.choice.kind)).to.deep.equal([
      "chosen",
      "chosen",
    ]);
  });
});
