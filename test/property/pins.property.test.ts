import { expect } from "chai";
import fc from "fast-check";
import { Pins } from "../../src/path/pins.ts";

const TTL_MS = 100;
const CLIENTS = ["c", "d"] as const;
const BACKENDS = ["app1", "app2", "app3"] as const;

type Act =
  | { readonly opens: string; readonly on: string }
  | { readonly closes: number }
  | { readonly goesHome: string }
  | { readonly passes: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ opens: fc.constantFrom(...CLIENTS), on: fc.constantFrom(...BACKENDS) }),
  fc.record({ closes: fc.nat(20) }),
  fc.record({ goesHome: fc.constantFrom(...CLIENTS) }),
  fc.record({ passes: fc.integer({ min: 1, max: 150 }) }),
);

/** What pins promise, in the most obvious way: all connections, and for each client where it was put last. */
class Model {
  readonly connections: { readonly client: string; readonly backend: string }[] = [];
  readonly #kept = new Map<string, { readonly backend: string; untilMs: number }>();

  opens(client: string, backend: string): void {
    this.connections.push({ client, backend });
    this.#kept.set(client, { backend, untilMs: Number.POSITIVE_INFINITY });
  }

  closes(index: number, nowMs: number): { readonly client: string; readonly backend: string } | undefined {
    const [closed] = this.connections.splice(index, 1);
    if (closed === undefined) return undefined;
    const kept = this.#kept.get(closed.client);
    const isLast = !this.connections.some((c) => c.client === closed.client && c.backend === closed.backend);
    if (kept?.backend === closed.backend && isLast) kept.untilMs = nowMs + TTL_MS;
    return closed;
  }

  goesHome(client: string): void {
    this.#kept.delete(client);
  }

  find(client: string, nowMs: number): string | undefined {
    const kept = this.#kept.get(client);
    return kept !== undefined && nowMs < kept.untilMs ? kept.backend : undefined;
  }
}

describe("pins", () => {
  it("keep each client where it was put last, while it has connections there and for their time after", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60, size: "max" }), (acts) => {
        const pins = new Pins(TTL_MS);
        const model = new Model();
        let nowMs = 0;
        for (const one of acts) {
          if ("opens" in one) {
            model.opens(one.opens, one.on);
            pins.opened(one.opens, one.on);
          } else if ("closes" in one) {
            const closed = model.closes(one.closes % Math.max(1, model.connections.length), nowMs);
            if (closed !== undefined) pins.closed(closed.client, closed.backend, nowMs);
          } else if ("goesHome" in one) {
            model.goesHome(one.goesHome);
            pins.forget(one.goesHome);
          } else {
            nowMs += one.passes;
          }
          for (const client of CLIENTS) expect(pins.find(client, nowMs)).to.equal(model.find(client, nowMs));
          expect(pins.size).to.be.at.most(CLIENTS.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
