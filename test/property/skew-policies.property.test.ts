import { expect } from "chai";
import fc from "fast-check";
import { OfflineBalancer } from "../../src/cli/offline.ts";
import { HaproxyConsistent } from "../../src/skew/peers/haproxy-consistent.ts";
import { comparedPolicies } from "../../src/skew/policies/compared-policies.ts";
import type { BackendState, Placed } from "../../src/skew/policies/compared-policy.ts";
import { createPolicyBalancer } from "../../src/skew/policies/create-policy-balancer.ts";
import { defaultPolicyOptions } from "../../src/skew/policies/policy-options.ts";
import { comparedBackends, Visitors } from "../support/compared.ts";
import { configure } from "../support/configure.ts";

/** Few addresses, so that they come back. */
const ADDRESSES = Array.from({ length: 12 }, (_, i) => `198.51.${i}.${17 * i + 3}`);

type Step =
  | { readonly kind: "comes"; readonly address: number; readonly user: number }
  | { readonly kind: "leaves"; readonly which: number }
  | { readonly kind: "state"; readonly backend: number; readonly state: BackendState }
  | { readonly kind: "list"; readonly backends: number };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("comes" as const),
        address: fc.nat(ADDRESSES.length - 1),
        user: fc.nat(30),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("leaves" as const), which: fc.nat(1000) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("state" as const),
        backend: fc.nat(4),
        state: fc.constantFrom("up" as const, "down" as const, "draining" as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("list" as const), backends: fc.integer({ min: 1, max: 5 }) }),
    },
  ),
  { minLength: 10, maxLength: 150 },
);

const weights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 5, maxLength: 5 });

/** An IPv4 or IPv6 address, as text. */
const addresses = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join(".")),
  fc.array(fc.nat(0xffff), { minLength: 6, maxLength: 6 }).map((words) => {
    return `2001:db8:${words.map((word) => (word || 1).toString(16)).join(":")}`;
  }),
);

describe("policy balancers", () => {
  it("give back every place, whatever happens in between", () => {
    for (const { name } of comparedPolicies) {
      fc.assert(
        fc.property(steps, weights, (sequence, list) => {
          const visitors = new Visitors();
          const balancer = createPolicyBalancer(name, comparedBackends(5, list));
          const held: Placed[] = [];
          let size = 5;
          sequence.forEach((step, nowMs) => {
            if (step.kind === "comes") {
              const placed = balancer.place(visitors.visit(ADDRESSES[step.address] ?? "", step.user, nowMs));
              if (placed === undefined) return;
              expect(placed.backend).to.be.within(0, size - 1);
              expect(placed.home).to.be.within(0, size - 1);
              held.push(placed);
            } else if (step.kind === "leaves") {
              const [gone] = held.splice(step.which % Math.max(1, held.length), 1);
              gone?.close(nowMs);
              gone?.close(nowMs);
            } else if (step.kind === "state") {
              if (step.backend < size) balancer.setState(step.backend, step.state);
            } else {
              size = step.backends;
              balancer.setBackends(comparedBackends(size, list));
            }
            expect(balancer.open).to.equal(held.length);
          });
          for (const placed of held) placed.close(1000);
          expect(balancer.open).to.equal(0);
        }),
        { numRuns: 15 },
      );
    }
  });

  it("keep every backend within ceil(c·(m+1)·w/W), pinned or not", () => {
    const factors = fc.constantFrom(1.01, 1.1, 1.25, 2);
    fc.assert(
      fc.property(steps, weights, factors, fc.boolean(), (sequence, list, boundedLoad, pinned) => {
        const visitors = new Visitors();
        const options = { ...defaultPolicyOptions, boundedLoad };
        const backends = comparedBackends(5, list);
        const balancer = createPolicyBalancer(pinned ? "bounded-load-pinned" : "bounded-load", backends, options);
        const total = list.reduce((sum, weight) => sum + weight, 0);
        const open = new Array<number>(5).fill(0);
        const held: Placed[] = [];
        sequence.forEach((step, nowMs) => {
          if (step.kind === "comes") {
            const placed = balancer.place(visitors.visit(ADDRESSES[step.address] ?? "", step.user, nowMs));
            if (placed === undefined) throw new Error("refused");
            held.push(placed);
            open[placed.backend] = (open[placed.backend] ?? 0) + 1;
            // In whole numbers: the factor is a multiple of 1/100, and m + 1 counts the newcomer.
            const hundredfold = Math.round(100 * boundedLoad) * held.length * (list[placed.backend] ?? 0);
            expect(open[placed.backend]).to.be.at.most(Math.ceil(hundredfold / (100 * total)));
          } else if (step.kind === "leaves") {
            const [gone] = held.splice(step.which % Math.max(1, held.length), 1);
            if (gone !== undefined) open[gone.backend] = (open[gone.backend] ?? 0) - 1;
            gone?.close(nowMs);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it("never move a user with a cookie while its backend is up or drains", () => {
    fc.assert(
      fc.property(steps, weights, (sequence, list) => {
        const visitors = new Visitors();
        const balancer = createPolicyBalancer("sticky-cookie", comparedBackends(5, list));
        const states = new Array<BackendState>(5).fill("up");
        const last = new Map<number, number>();
        sequence.forEach((step, nowMs) => {
          if (step.kind === "state") {
            states[step.backend] = step.state;
            balancer.setState(step.backend, step.state);
          } else if (step.kind === "comes") {
            const placed = balancer.place(visitors.visit(ADDRESSES[step.address] ?? "", step.user, nowMs));
            const before = last.get(step.user);
            if (before !== undefined && states[before] !== "down") expect(placed?.backend).to.equal(before);
            else if (placed !== undefined) expect(states[placed.backend]).to.equal("up");
            if (placed !== undefined) last.set(step.user, placed.backend);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it("choose as `lengket place` does", () => {
    const policies = fc.constantFrom("ring", "rendezvous", "maglev", "modulo");
    const seeds = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(policies, seeds, weights, fc.array(addresses, { minLength: 20 }), (name, hashSeed, list, clients) => {
        const backends = comparedBackends(5, list);
        const offline = new OfflineBalancer(
          configure({
            BACKENDS: backends.map(({ id, address, weight }) => `${id}=${address};weight=${weight}`).join(","),
            HASH_POLICY: name,
            HASH_SEED: String(hashSeed),
          }).settings,
        );
        const balancer = createPolicyBalancer(name, backends, { ...defaultPolicyOptions, hashSeed });
        const visitors = new Visitors();
        for (const client of clients) {
          const { backend = -1 } = balancer.place(visitors.visit(client)) ?? {};
          const placement = offline.place(client, 1234);
          const choice = "choice" in placement ? placement.choice : undefined;
          expect(backends[backend]?.id).to.equal(choice?.kind === "chosen" ? choice.member.backend.id : undefined);
        }
      }),
      { numRuns: 12 },
    );
  });

  it("ask HAProxy's model with exactly the connections that are open", () => {
    fc.assert(
      fc.property(steps, weights, (sequence, list) => {
        const visitors = new Visitors();
        const backends = comparedBackends(5, list);
        const balancer = createPolicyBalancer("haproxy-bounded-load", backends);
        const served = new Array<number>(5).fill(0);
        const servers = backends.map(({ address, weight }) => ({ address, weight, down: false, backup: false }));
        const model = new HaproxyConsistent(servers, { hashBalanceFactor: 125, served: (i) => served[i] ?? 0 });
        const unbounded = new HaproxyConsistent(servers);
        const held: Placed[] = [];
        sequence.forEach((step, nowMs) => {
          if (step.kind === "comes") {
            const visit = visitors.visit(ADDRESSES[step.address] ?? "", step.user, nowMs);
            const expected = model.place(visit) ?? -1;
            const placed = balancer.place(visit);
            expect(placed).to.include({ backend: expected, home: unbounded.place(visit) });
            served[expected] = (served[expected] ?? 0) + 1;
            if (placed !== undefined) held.push(placed);
          } else if (step.kind === "leaves") {
            const [gone] = held.splice(step.which % Math.max(1, held.length), 1);
            if (gone !== undefined) served[gone.backend] = (served[gone.backend] ?? 0) - 1;
            gone?.close(nowMs);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it("break the stickiness of a lone address by 1 − c/N, within one connection", () => {
    const counts = fc.integer({ min: 1, max: 400 });
    const backendCounts = fc.integer({ min: 2, max: 20 });
    fc.assert(
      fc.property(counts, backendCounts, fc.constantFrom(1.1, 1.25, 1.5), (connections, backends, boundedLoad) => {
        for (const name of ["bounded-load", "haproxy-bounded-load"]) {
          const balancer = createPolicyBalancer(name, comparedBackends(backends), {
            ...defaultPolicyOptions,
            boundedLoad,
          });
          const visitors = new Visitors();
          let away = 0;
          for (let i = 0; i < connections; i++) {
            const placed = balancer.place(visitors.visit("203.0.113.9"));
            if (placed?.backend !== placed?.home) away++;
          }
          expect(Math.abs(away - (1 - boundedLoad / backends) * connections), name).to.be.at.most(1);
        }
      }),
      { numRuns: 40 },
    );
  });
});
