import { expect } from "chai";
import type { BalancerParts } from "../../../src/balancer.ts";
import type { RequestRecord } from "../../../src/model/request-record.ts";
import type { Flags } from "../balancer-of.ts";
import type { Later } from "../close-after-each.ts";
import { within } from "../gathered.ts";
import type { TestBackend } from "../test-backend.ts";
import { HttpBalancer } from "./http-balancer.ts";
import { type Ask, cookieSet, type HttpClient, type Received } from "./http-client.ts";
import { mirror, type Serve, seenIn, startWebBackend } from "./web-backend.ts";

const SOON_MS = 3_000;
const BACKENDS = 3;

/** Checks that see a backend fall and rise as fast as they can, and take nobody for dead because this process was held up. */
export const CHECKED: Flags = {
  ...{ HEALTH: "tcp", HEALTH_INTERVAL: "20ms", HEALTH_FAST_INTERVAL: "10ms", HEALTH_TIMEOUT: "1m" },
  ...{ HEALTH_FALL: "1", HEALTH_RISE: "1", HEALTH_JITTER: "0" },
};

/** A request that keeps its place at a backend until it is released. */
export interface Held {
  readonly client: HttpClient;
  release(): void;
}

export interface Visit {
  readonly received: Received;
  readonly record: RequestRecord;
}

/** How it comes; with the cookie of app1 unless it says otherwise. */
export interface Coming {
  /** The Cookie header. */
  readonly cookie?: string;
  readonly method?: string;
  readonly body?: string;
}

/** Backends app1 to app3 behind a balancer, and somebody whose cookie names app1. The cookie is `s`, its value the id. */
export class BoundSession {
  readonly lengket: HttpBalancer;
  readonly backends: readonly TestBackend[];
  readonly #held: (() => void)[] = [];
  readonly #arrivals: (() => void)[] = [];
  #visits = 0;

  private constructor(backends: readonly TestBackend[], lengket: HttpBalancer) {
    this.backends = backends;
    this.lengket = lengket;
  }

  /**
   * All of it is ended after the test.
   * @param options options of the backends in BACKENDS, in order
   */
  static async start(
    later: Later,
    flags: Flags = {},
    {
      options = [],
      parts = {},
    }: { readonly options?: readonly string[]; readonly parts?: Partial<BalancerParts> } = {},
  ): Promise<BoundSession> {
    let session: BoundSession | undefined;
    const serve: Serve = (seen, response, request) => {
      if (seen.target === "/held") session?.hold(() => mirror(seen, response, request));
      else mirror(seen, response, request);
    };
    const ids = Array.from({ length: BACKENDS }, (_, i) => `app${i + 1}`);
    const backends = await Promise.all(ids.map((id) => startWebBackend(later, id, serve)));
    const list = backends.map((backend, i) => backend.setting(...(options[i] ? [options[i]] : [])));
    const settings = {
      ...{ BACKENDS: list.join(","), COOKIE_VALUE: "id", COOKIE_NAME: "s", NEW_SESSION_HINT: "0" },
      ...{ PASSIVE: "false", RETRY_DELAY: "1ms", ...flags },
    };
    session = new BoundSession(backends, await HttpBalancer.start(later, backends, settings, parts));
    return session;
  }

  /** Sends a request and waits for its answer and record. */
  async come({ cookie = "s=app1", ...more }: Coming = {}): Promise<Visit> {
    const target = `/${this.#visits++}`;
    const ask: Ask = { target, fields: [`Cookie: ${cookie}`], ...more };
    const received = await within(SOON_MS, "the answer", this.lengket.ask(ask));
    return { received, record: await this.lengket.requestOf(target) };
  }

  /** Takes a place on app1, or wherever `cookie` belongs. */
  async occupy(cookie = "s=app1"): Promise<Held> {
    const client = await this.lengket.open();
    const arrived = new Promise<void>((resolve) => this.#arrivals.push(resolve));
    client.send({ target: "/held", fields: [`Cookie: ${cookie}`] });
    await within(SOON_MS, "the held request", arrived);
    return { client, release: () => this.#held.shift()?.() };
  }

  /** Keeps an answer back. */
  hold(answer: () => void): void {
    this.#held.push(answer);
    this.#arrivals.shift()?.();
  }

  /** Resolves when a request waits for its backend. */
  async waiting(): Promise<void> {
    while (this.lengket.balancer.gauges.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  /** A backend dies, app1 unless told otherwise, and the checks have seen it. */
  async takeDown(index = 0): Promise<void> {
    const from = this.lengket.messages.items.length;
    await this.backends[index]?.kill();
    await this.lengket.said("backend-health", `app${index + 1}`, { from, to: "unhealthy" });
  }

  /** app1 is back, and the checks have seen it. */
  async bringUp(): Promise<void> {
    const from = this.lengket.messages.items.length;
    await this.backends[0]?.revive();
    await this.lengket.said("backend-health", "app1", { from, to: "healthy" });
  }
}

/** Another backend than app1 has answered, and the session is its own from now on. */
export function expectMoved(received: Received): void {
  const { backend } = seenIn(received);
  expect(backend).not.to.equal("app1");
  expect(cookieSet(received, "s"), "a new cookie").to.equal(`s=${backend}`);
}
