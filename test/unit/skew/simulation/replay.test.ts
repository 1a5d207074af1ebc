import { expect } from "chai";
import type { Placed, PolicyBalancer } from "../../../../src/skew/policies/compared-policy.ts";
import { createPolicyBalancer } from "../../../../src/skew/policies/create-policy-balancer.ts";
import type { Client } from "../../../../src/skew/simulation/workload.ts";
import { backendsOf, clientNumbered, clientsAt, play, tenSeconds } from "../../../support/hand-made-workload.ts";

const two = backendsOf(2);
/** Comes every second for half a second, nine times after the warm-up. */
const regular = (client: Client) => ({
  client,
  connections: Array.from({ length: 9 }, (_, i) => [1_000 * (i + 1), 1_000 * (i + 1) + 500] as const),
});
const once = (client: Client, startMs: number, endMs: number) => ({ client, connections: [[startMs, endMs]] as const });

describe("a replay", () => {
  const [atFirst = clientNumbered(0), elsewhere = clientNumbered(0)] = [0, 1].flatMap((home) =>
    clientsAt("ring", two, home, 1),
  );

  it("moves nobody while nothing changes", () => {
    for (const policy of ["ring", "modulo", "sticky-cookie"]) {
      const { sessions, stickiness } = play(policy, tenSeconds(two, []), [atFirst, elsewhere].map(regular));
      expect(sessions, policy).to.deep.equal({
        sessions: 2,
        lost: 0,
        moved: 0,
        movedByChange: 0,
        movedByLoad: 0,
        undisturbed: 2,
        refused: 0,
      });
      expect(stickiness, policy).to.include({ placements: 18, repeats: 16, breaks: 0, overflowed: 0 });
    }
  });

  it("loses the sessions of a failed backend, those that pause too, and touches no other", () => {
    const course = tenSeconds(two, [[3_200, "fails", "s1"]]);
    const paused = { client: atFirst, connections: [[2_000, 2_500] as const, [4_000, 4_100] as const] };
    const over = once(atFirst, 2_000, 3_000);
    const later = once(atFirst, 4_000, 4_500);
    const { sessions, stickiness } = play(
      "ring",
      course,
      [regular(atFirst), paused, over, later, regular(elsewhere)].sort(
        (a, b) => (a.connections[0]?.[0] ?? 0) - (b.connections[0]?.[0] ?? 0),
      ),
    );
    expect(sessions).to.include({ sessions: 5, lost: 2, moved: 0, undisturbed: 3, refused: 0 });
    // The cut connection is opened again at once, so there is one placement more than connections.
    expect(stickiness).to.include({ placements: 9 + 2 + 1 + 1 + 9 + 1, breaks: 2 });
  });

  it("brings those who failed over home when address hashing gets its backend back", () => {
    const course = tenSeconds(two, [
      [3_200, "fails", "s1"],
      [6_700, "returns", "s1"],
    ]);
    const { sessions } = play("ring", course, [atFirst, elsewhere].map(regular));
    expect(sessions).to.include({ lost: 1, moved: 1, movedByChange: 1, movedByLoad: 0, undisturbed: 1 });
  });

  it("leaves those with a cookie where they went", () => {
    const course = tenSeconds(two, [
      [3_200, "fails", "s1"],
      [6_700, "returns", "s1"],
    ]);
    const { sessions, stickiness } = play("sticky-cookie", course, [atFirst, elsewhere].map(regular));
    expect(sessions).to.include({ lost: 1, moved: 0, undisturbed: 1 });
    expect(stickiness.breaks).to.equal(1);
  });

  it("loses a session again with the next failure, and counts each", () => {
    const course = tenSeconds(two, [
      [2_200, "fails", "s1"],
      [4_700, "returns", "s1"],
      [6_200, "fails", "s1"],
    ]);
    const { sessions } = play("ring", course, [regular(atFirst)]);
    expect(sessions).to.include({ sessions: 1, lost: 2, moved: 1, undisturbed: 0 });
  });

  it("keeps cookies on a draining backend, and moves hashed addresses there and back, each once", () => {
    const course = tenSeconds(two, [
      [3_200, "drains", "s1"],
      [6_700, "returns", "s1"],
    ]);
    const hashed = play("ring", course, [atFirst, elsewhere].map(regular));
    expect(hashed.sessions).to.include({ lost: 0, moved: 1, movedByChange: 1, undisturbed: 1 });
    expect(hashed.stickiness.breaks).to.equal(2);
    const cookies = play("sticky-cookie", course, [atFirst, elsewhere].map(regular));
    expect(cookies.sessions).to.include({ lost: 0, moved: 0, undisturbed: 2 });
    expect(cookies.stickiness.breaks).to.equal(0);
  });

  it("loses sessions that stayed on a draining backend when it fails", () => {
    const course = tenSeconds(two, [
      [3_200, "drains", "s1"],
      [6_700, "fails", "s1"],
    ]);
    expect(play("sticky-cookie", course, [atFirst, elsewhere].map(regular)).sessions).to.include({ lost: 1, moved: 0 });
    expect(play("ring", course, [atFirst, elsewhere].map(regular)).sessions).to.include({ lost: 0, moved: 1 });
  });

  it("moves a tenth of the sessions on growth by the ring, and nearly all by plain modulo", () => {
    const ten = backendsOf(10);
    const sessions = Array.from({ length: 400 }, (_, n) => regular(clientNumbered(n)));
    const growth = tenSeconds(ten, [[5_700, "joins", "s11"]]);
    const moved = (policy: string): number => play(policy, growth, sessions).sessions.moved;
    expect(moved("modulo")).to.be.above(340);
    expect(moved("ring")).to.be.within(15, 70);
    expect(moved("sticky-cookie")).to.equal(0);
  });

  it("says of a bounded load that the load moves sessions, where no backend changed", () => {
    const client = clientsAt("bounded-load", two, 0, 1)[0] ?? atFirst;
    // About five are open at any time, all of one address, whose home takes ⌈1.25 · 5 / 2⌉ of them; each at a pace of its own.
    const sessions = Array.from({ length: 10 }, (_, i) => ({
      client,
      connections: Array.from({ length: 8 }, (_, k) => {
        const startMs = 1_000 + 100 * i + (900 + 20 * i) * k;
        return [startMs, startMs + 500] as const;
      }),
    }));
    const { sessions: figures } = play("bounded-load", tenSeconds(two, []), sessions);
    expect(figures.movedByLoad).to.be.above(0);
    expect(figures).to.include({ lost: 0, movedByChange: 0, moved: figures.movedByLoad });
    expect(play("ring", tenSeconds(two, []), sessions).sessions.moved).to.equal(0);
  });

  it("refuses connections while nobody is up, and goes on with the next", () => {
    const course = tenSeconds(backendsOf(1), [
      [3_200, "fails", "s1"],
      [6_700, "returns", "s1"],
    ]);
    for (const policy of ["ring", "sticky-cookie"]) {
      const { sessions, stickiness } = play(policy, course, [regular(atFirst)]);
      // The one that was cut at 3.2 s, and those at 4, 5 and 6 s.
      expect(sessions, policy).to.include({ lost: 1, moved: 0, refused: 4, undisturbed: 0 });
      expect(stickiness.placements, policy).to.equal(6);
    }
  });

  it("counts a connection to a dead backend as refused, as of Envoy in panic", () => {
    const course = tenSeconds(two, [
      [3_200, "fails", "s1"],
      [3_300, "fails", "s2"],
    ]);
    const { sessions, series } = play("envoy-maglev", course, [atFirst, elsewhere].map(regular));
    expect(sessions.refused).to.be.at.least(12);
    expect(series.open.map((open) => open.at(-10))).to.deep.equal([0, 0]);
  });

  it("does not count what moves or is refused in the warm-up, nor sessions that are over by then", () => {
    const balancer = switching(500);
    const { sessions, stickiness } = play(balancer, tenSeconds(two, []), [
      {
        client: atFirst,
        connections: [
          [0, 100],
          [600, 700],
          [2_000, 2_100],
        ],
      },
      once(atFirst, 50, 1_000),
      once(atFirst, 50, 1_001),
    ]);
    expect(sessions).to.include({ sessions: 2, moved: 0, undisturbed: 2 });
    expect(stickiness).to.include({ placements: 1, repeats: 1, breaks: 0 });
    const later = play(switching(1_500), tenSeconds(two, []), [
      {
        client: atFirst,
        connections: [
          [0, 100],
          [600, 700],
          [2_000, 2_100],
        ],
      },
    ]);
    expect(later.sessions).to.include({ sessions: 1, moved: 1, movedByLoad: 1 });
    expect(later.stickiness).to.include({ placements: 1, repeats: 1, breaks: 1 });
  });

  it("ends connections first, then changes backends, then opens connections", () => {
    const seen: string[] = [];
    const course = tenSeconds(two, [
      [3_000, "drains", "s2"],
      [3_000, "fails", "s1"],
    ]);
    play(telling(seen), course, [
      once(atFirst, 1_500, 3_000),
      once(atFirst, 2_000, 4_000),
      once(atFirst, 3_000, 5_000),
    ]);
    expect(seen).to.deep.equal([
      ...["open 0 at 1500", "open 1 at 2000", "close 0 at 3000", "forget 0", "1 draining", "0 down"],
      ...[
        "close 1 at 3000",
        "open 1 at 3000",
        "open 2 at 3000",
        "close 1 at 4000",
        "forget 1",
        "close 2 at 5000",
        "forget 2",
      ],
    ]);
  });

  it("is told of more backends when they join", () => {
    const lists: (readonly string[])[] = [];
    const balancer = createPolicyBalancer("ring", two);
    const setBackends = balancer.setBackends.bind(balancer);
    balancer.setBackends = (list) => {
      lists.push(list.map(({ id }) => id));
      setBackends(list);
    };
    play(balancer, tenSeconds(two, [[5_000, "joins", "s3"]]), [regular(atFirst)]);
    expect(lists).to.deep.equal([["s1", "s2", "s3"]]);
  });
});

/** Sends everybody to the first backend until `untilMs`, then to the second. */
function switching(untilMs: number): PolicyBalancer {
  return fake(({ nowMs }) => ({ backend: nowMs < untilMs ? 0 : 1, home: 0, close: () => {} }));
}

/** Says what happens to it; sends everybody to the first backend that is up or draining. */
function telling(seen: string[]): PolicyBalancer {
  const down = new Set<number>();
  return {
    ...fake(({ user, nowMs }) => {
      seen.push(`open ${user} at ${nowMs}`);
      return {
        backend: down.has(0) ? 1 : 0,
        home: 0,
        close: (at) => {
          seen.push(`close ${user} at ${at}`);
        },
      };
    }),
    forget: (user) => {
      seen.push(`forget ${user}`);
    },
    setState: (backend, state) => {
      seen.push(`${backend} ${state}`);
      if (state === "down") down.add(backend);
    },
  };
}

function fake(place: (visit: Parameters<PolicyBalancer["place"]>[0]) => Placed): PolicyBalancer {
  const { policy } = createPolicyBalancer("ring", two);
  return { policy, place, forget: () => {}, setState: () => {}, setBackends: () => {} };
}
