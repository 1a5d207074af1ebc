import { expect } from "chai";
import type { BalancerParts } from "../../../src/balancer.ts";
import type { Random } from "../../../src/platform/random.ts";
import type { Flags } from "../../support/balancer-of.ts";
import { closeAfterEach } from "../../support/close-after-each.ts";
import { HttpBalancer } from "../../support/http/http-balancer.ts";
import { type Ask, fieldOf, HttpClient } from "../../support/http/http-client.ts";
import {
  type Arrival,
  answerTo,
  type ChooseFate,
  type Fate,
  RestlessBackend,
} from "../../support/http/restless-backend.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { TestBackend } from "../../support/test-backend.ts";

const ROUNDS = 1_000;
const AT_ONCE = 8;
const BACKENDS = 3;
/** More than the kernel's buffers of both connections take. */
const MUCH = "x".repeat(4 * 1024 * 1024);

/** What a client got for a request: its own answer, an error of the balancer, or a connection that ended too early. */
type Outcome = "own" | 502 | 503 | "cut";

const FATES: readonly Fate[] = [
  "serve-then-end",
  "end-idle",
  "end-before",
  "end-within",
  "end-instead",
  "end-in-head",
  "end-in-body",
];

interface Scene {
  readonly lengket: HttpBalancer;
  readonly arrivalsOf: (id: string) => readonly Arrival[];
  readonly count: (fits: (arrival: Arrival) => boolean) => number;
}

describe("http mode, backends that end connections at any moment", function () {
  this.timeout(120_000);
  const later = closeAfterEach();

  async function start(
    seed: number,
    chooser: (random: Random) => ChooseFate,
    flags: Flags = {},
    parts: Partial<BalancerParts> = {},
  ): Promise<Scene> {
    const started = await Promise.all(
      Array.from({ length: BACKENDS }, (_, i) => {
        const random = seededRandom(seed + i);
        return RestlessBackend.start(later, `app${i + 1}`, random, chooser(random));
      }),
    );
    const lengket = await HttpBalancer.start(
      later,
      started.map(({ backend }) => backend),
      { COOKIE_MODE: "off", HASH_KEY: "query:user", PASSIVE: "false", RETRY_DELAY: "1ms", ...flags },
      parts,
    );
    const all = (): readonly Arrival[] => started.flatMap(({ restless }) => restless.arrivals);
    let index: Map<string, Arrival[]> | undefined;
    return {
      lengket,
      arrivalsOf: (id) => {
        if (index === undefined) {
          index = new Map();
          for (const arrival of all()) {
            const known = index.get(arrival.id);
            if (known === undefined) index.set(arrival.id, [arrival]);
            else known.push(arrival);
          }
        }
        return index.get(id) ?? [];
      },
      count: (fits) => all().filter(fits).length,
    };
  }

  function askOf(id: string, random: Random): Ask {
    const isPost = random.next() < 0.5;
    const body = `${id};`.repeat(1 + Math.floor(random.next() * 60));
    return { target: `/${id}`, ...(isPost ? { method: "POST", body } : {}) };
  }

  /** Sends a few requests one after the other, or all at once, on one connection, until that ends. */
  async function round(
    lengket: HttpBalancer,
    name: string,
    random: Random,
  ): Promise<ReadonlyMap<string, readonly [Ask, Outcome]>> {
    const client = await HttpClient.open(lengket.at());
    const outcomes = new Map<string, readonly [Ask, Outcome]>();
    const asks = Array.from({ length: 1 + Math.floor(random.next() * 8) }, (_, i) =>
      askOf(`${name}.${i}?user=${Math.floor(random.next() * 12)}`, random),
    );
    const isPipelined = random.next() < 0.3;
    if (isPipelined) for (const ask of asks) client.send(ask);
    for (const ask of asks) {
      if (!isPipelined) client.send(ask);
      const received = await client.answer().catch(() => undefined);
      const id = ask.target?.slice(1) ?? "";
      if (received === undefined) {
        outcomes.set(id, [ask, "cut"]);
        break;
      }
      if (received.status === 200) {
        expect(received.body, id).to.equal(answerTo(ask.target ?? "", ask.body ?? ""));
        outcomes.set(id, [ask, "own"]);
      } else {
        expect(received.status, id).to.be.oneOf([502, 503]);
        outcomes.set(id, [ask, received.status as 502 | 503]);
      }
      if (received.fields.some(([field, value]) => field === "Connection" && value === "close")) break;
    }
    client.close();
    return outcomes;
  }

  async function rounds(lengket: HttpBalancer, seed: number): Promise<ReadonlyMap<string, readonly [Ask, Outcome]>> {
    const outcomes = new Map<string, readonly [Ask, Outcome]>();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < ROUNDS; i = next++) {
        for (const [id, outcome] of await round(lengket, `r${i}`, seededRandom(seed * 10_000 + i)))
          outcomes.set(id, outcome);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return outcomes;
  }

  const isUnanswered = ({ fate }: Arrival): boolean =>
    fate === "end-before" || fate === "end-within" || fate === "end-instead";

  for (const [reuse, readMode] of [
    ["shared", "direct"],
    ["client", "direct"],
    ["shared", "stream"],
  ] as const) {
    it(`${ROUNDS} random rounds (UPSTREAM_REUSE=${reuse}, ${readMode} reads): no POST twice, no foreign byte, no GET lost to an idle connection that had died`, async () => {
      const seed = Number(process.env["ROUNDS_SEED"] ?? Math.floor(Math.random() * 1e6));
      console.log(`      ROUNDS_SEED=${seed}`);
      const chooser = (random: Random) => (): Fate =>
        random.next() < 0.55 ? "serve" : (FATES[Math.floor(random.next() * FATES.length)] ?? "serve");
      const { lengket, arrivalsOf, count } = await start(seed, chooser, { UPSTREAM_REUSE: reuse }, { readMode });
      const outcomes = await rounds(lengket, seed);
      const tally = new Map<string, number>();
      for (const [id, [{ method = "GET" }, outcome]] of outcomes) {
        tally.set(`${method} ${outcome}`, (tally.get(`${method} ${outcome}`) ?? 0) + 1);
        const arrivals = arrivalsOf(id);
        const last = arrivals.at(-1);
        const story = `${method} ${id} ${outcome}: ${JSON.stringify(arrivals)}`;
        if (method === "POST") {
          expect(arrivals.length, story).to.be.at.most(1);
          if (outcome === "own")
            expect(
              arrivals.filter(({ isWhole }) => isWhole),
              story,
            ).to.have.length(1);
        } else {
          expect(arrivals.length, story).to.be.at.most(2);
          // A GET is given up only when a fresh connection died too, or when the answer had begun.
          if (last !== undefined && isUnanswered(last)) expect(last.servedBefore, story).to.equal(0);
          if (arrivals.length === 2) {
            expect(isUnanswered(arrivals[0] as Arrival), story).to.equal(true);
            expect(arrivals[0]?.servedBefore, story).to.be.above(0);
            expect(last?.servedBefore, story).to.equal(0);
          }
        }
        // Whether the client got its answer is what the last backend did, no more and no less.
        if (last !== undefined) {
          const isServed = last.fate === "serve" || last.fate === "serve-then-end" || last.fate === "end-idle";
          if (isServed) expect(outcome, story).to.equal("own");
          if (isUnanswered(last) || last.fate === "end-in-head") expect(outcome, story).to.equal(502);
        } else expect(outcome, story).to.equal(502);
      }
      console.log(
        `      ${[...tally]
          .sort()
          .map(([what, n]) => `${n} × ${what}`)
          .join(", ")}`,
      );
      expect(
        count(({ servedBefore }) => servedBefore > 0),
        "requests on used connections",
      ).to.be.above(300);
      for (const fate of FATES)
        expect(
          count((arrival) => arrival.fate === fate),
          fate,
        ).to.be.above(100);
      await lengket.records.atLeast(ROUNDS);
      const { idleUpstreams: _, ...gauges } = lengket.balancer.gauges;
      expect(gauges).to.deep.equal({ open: 0, leases: 0, waiting: 0, buffersLent: 0 });
    });
  }

  for (const fate of ["end-before", "end-instead"] as const) {
    it(`a GET whose idle connection dies (${fate}) is repeated on a fresh one; a POST gets 502 and is not`, async () => {
      const { lengket, count } = await start(1, () => (servedBefore) => (servedBefore === 0 ? "serve" : fate));
      const client = await lengket.open();
      for (let i = 0; i < 40; i++) {
        const isPost = i % 4 === 3;
        const ask = { target: `/${i}?user=a`, ...(isPost ? { method: "POST", body: `body of ${i}` } : {}) };
        const received = await client.ask(ask);
        const record = await lengket.requestOf(ask.target);
        // Every fourth comes behind a fresh connection that has served the GET before it.
        if (!isPost) {
          expect(received.status, ask.target).to.equal(200);
          expect(received.body).to.equal(answerTo(ask.target, ""));
          expect(record).to.include({ cause: "finished", reused: false });
        } else {
          expect(received.status, ask.target).to.equal(502);
          expect(record).to.include({ cause: "backend-closed", endedBy: "backend", reused: true, state: "SH--" });
          expect(
            count(({ id }) => id === ask.target.slice(1)),
            ask.target,
          ).to.equal(1);
        }
      }
    });
  }

  // Its reset comes right behind the answer, often before that is read, and fails what is written then.
  it("an answer ahead of its time, from a backend that does not hear the rest and resets, reaches the client", async () => {
    const backend = await TestBackend.start("app", (socket) => {
      socket.once("data", () => {
        socket.pause();
        socket.write("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch", () =>
          socket.destroy(),
        );
      });
    });
    later(() => backend.kill());
    const lengket = await HttpBalancer.start(later, [backend], { PASSIVE: "false" });
    for (let i = 0; i < 30; i++) {
      const client = await lengket.open();
      client.send({ method: "POST", target: `/${i}`, body: MUCH });
      const { status, body } = await client.answer();
      expect([status, body], `upload ${i}`).to.deep.equal([413, "much"]);
    }
    await lengket.records.atLeast(30);
  });

  it("a GET is repeated also while the process is leaving: nobody is worse off for asking then", async () => {
    const { lengket } = await start(1, () => (servedBefore) => (servedBefore === 0 ? "serve" : "end-before"), {
      ...{ SHUTDOWN_MIN: "1m", SHUTDOWN_TIMEOUT: "2m" },
    });
    const client = await lengket.open();
    await client.ask({ target: "/0?user=a" });
    lengket.balancer.drain(() => {});
    const received = await client.ask({ target: "/1?user=a" });
    expect(received.status).to.equal(200);
    expect(fieldOf(received, "connection")).to.equal("close");
  });
});
