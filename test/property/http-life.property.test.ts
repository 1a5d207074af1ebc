import { expect } from "chai";
import fc from "fast-check";
import { optionsOf } from "../support/data-path-of.ts";
import type { AnswerPlan } from "../support/http-life/answers.ts";
import { HttpLife, type LifeOptions } from "../support/http-life/http-life.ts";
import type { BodyPlan, RequestPlan } from "../support/http-life/requests.ts";
import type { BackendState, Step } from "../support/http-life/steps.ts";
import { runs } from "../support/runs.ts";

const at = fc.nat(3);
const side = fc.constantFrom("client" as const, "backend" as const);
const size = fc.oneof(
  { weight: 4, arbitrary: fc.nat(600) },
  { weight: 2, arbitrary: fc.integer({ min: 1000, max: 20_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 180_000 }) },
);
const part = fc.option(size, { nil: undefined });

const body: fc.Arbitrary<BodyPlan> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: "none" as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("length" as const), size }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("chunked" as const),
      sizes: fc.array(
        size.map((bytes) => bytes + 1),
        { maxLength: 3 },
      ),
      ornate: fc.boolean(),
    }),
  },
);

function oftenFalse(weight: number): fc.Arbitrary<boolean> {
  return fc.oneof({ weight, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
}

const wish: fc.Arbitrary<RequestPlan> = fc.record({
  method: fc.constantFrom("GET" as const, "GET" as const, "HEAD" as const, "POST" as const, "PUT" as const),
  minorVersion: oftenFalse(7).map((isOld): 0 | 1 => (isOld ? 0 : 1)),
  keepAlive: oftenFalse(7).map((closes) => !closes),
  body,
  expects: oftenFalse(7),
  upgrades: oftenFalse(7),
  cookie: fc.option(fc.constantFrom("a", "b", "c", "nobody"), { nil: undefined }),
  fault: fc.constant(undefined),
});
const anyWish: fc.Arbitrary<RequestPlan> = fc.oneof(
  { weight: 9, arbitrary: wish },
  {
    weight: 1,
    arbitrary: fc
      .tuple(wish, fc.constantFrom("head" as const, "body" as const))
      .map(([plan, fault]) => ({ ...plan, fault: fault === "body" && plan.body.kind !== "chunked" ? "head" : fault })),
  },
);

const goodAnswer: fc.Arbitrary<AnswerPlan> = fc.record({
  kind: fc.constantFrom("length", "length", "chunked", "until-close", "no-content", "not-modified", "switch"),
  size,
  cut: fc.constant(false),
  excess: fc.constant(false),
  closes: oftenFalse(5),
  isOld: oftenFalse(7),
});
const anyAnswer: fc.Arbitrary<AnswerPlan> = fc.oneof(
  { weight: 6, arbitrary: goodAnswer },
  { weight: 1, arbitrary: goodAnswer.map((plan) => ({ ...plan, cut: true })) },
  { weight: 1, arbitrary: goodAnswer.map((plan) => ({ ...plan, excess: true })) },
  { weight: 1, arbitrary: goodAnswer.map((plan) => ({ ...plan, kind: "garbage" as const })) },
);

type Weighted = { readonly weight: number; readonly arbitrary: fc.Arbitrary<Step> };

function accepting(asks: fc.Arbitrary<RequestPlan>): Weighted {
  return {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("accept" as const),
      room: fc.option(fc.nat(5000), { nil: undefined }),
      asks: fc.array(asks, { minLength: 1, maxLength: 5 }),
    }),
  };
}

/** What happens when nobody does wrong. */
const calm: readonly Weighted[] = [
  { weight: 8, arbitrary: fc.record({ does: fc.constant("send" as const), at, bytes: part }) },
  {
    weight: 14,
    arbitrary: fc.record({
      does: fc.constantFrom("deliver" as const, "deliver" as const, "grant" as const),
      side,
      at,
      bytes: part,
    }),
  },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("connect" as const), at, failure: fc.constant(undefined) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("answer" as const),
      at,
      plan: goodAnswer,
      early: fc.constant(false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("interim" as const), at }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("say" as const), at, bytes: size }) },
  { weight: 4, arbitrary: fc.constant({ does: "run" as const }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("work" as const), answers: fc.boolean() }) },
];

/** Backends that go away in the middle of everything, or answer before they were asked to the end. */
const flighty: readonly Weighted[] = [
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant("hangUp" as const),
      at,
      failure: fc.option(fc.constant("ECONNRESET"), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("answer" as const), at, plan: goodAnswer, early: fc.constant(true) }),
  },
];

const state = fc.constantFrom<BackendState>("up", "up", "up", "down", "draining", "limited", "moved", "gone");
const code = fc.constantFrom("ECONNRESET", "EPIPE", "ETIMEDOUT");

const disturbing: readonly Weighted[] = [
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant("answer" as const), at, plan: anyAnswer, early: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("connect" as const),
      at,
      failure: fc.constantFrom("ECONNREFUSED", "EHOSTUNREACH"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("stray" as const), at }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("fin" as const), side, at }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("fail" as const), side, at, code }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 800 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("publish" as const), states: fc.tuple(state, state, state) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant("closeBackend" as const), slot: fc.nat(2), politely: fc.boolean() }),
  },
];
const final: readonly Weighted[] = [
  { weight: 1, arbitrary: fc.record({ does: fc.constant("closeAll" as const), politely: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("leave" as const), idleToo: fc.boolean() }) },
];

const someTime = fc.constantFrom(0, 400, 1500);
const options: fc.Arbitrary<LifeOptions> = fc
  .record({
    reuse: fc.constantFrom("shared" as const, "shared" as const, "client" as const, "never" as const),
    idlePerBackend: fc.constantFrom(0, 1, 64),
    upstreamIdleMs: someTime,
    maxRequests: fc.constantFrom(0, 0, 2),
    headTimeoutMs: someTime,
    keepAliveTimeoutMs: someTime,
    responseTimeoutMs: someTime,
    upgradeIdleTimeoutMs: someTime,
    idleTimeoutMs: someTime,
    mode: fc.constantFrom("off" as const, "insert" as const),
    retries: fc.nat(2),
    queue: fc.nat(2),
    onDown: fc.constantFrom("rehash" as const, "wait" as const),
    onDownSessions: fc.constantFrom("keep" as const, "close" as const),
    bufferBytes: fc.constantFrom(1024, 16_384, 511 * 1024),
    readMode: fc.constantFrom("direct" as const, "direct" as const, "stream" as const),
    proxyHeaderIn: oftenFalse(4),
    proxyProtocolOut: oftenFalse(4).map((isSent) => (isSent ? ("v1" as const) : ("off" as const))),
  })
  .map((one) => ({
    path: {
      relay: { ...optionsOf().relay, idleTimeoutMs: one.idleTimeoutMs },
      connect: { ...optionsOf().connect, retries: one.retries, timeoutMs: 500 },
      placement: { ...optionsOf().placement, choose: { boundedLoad: 0, onDown: one.onDown } },
      queue: one.queue,
      onDownSessions: one.onDownSessions,
      bufferBytes: one.bufferBytes,
      readMode: one.readMode,
    },
    http: {
      headTimeoutMs: one.headTimeoutMs,
      keepAliveTimeoutMs: one.keepAliveTimeoutMs,
      responseTimeoutMs: one.responseTimeoutMs,
      upgradeIdleTimeoutMs: one.upgradeIdleTimeoutMs,
      upstream: {
        reuse: one.reuse,
        idlePerBackend: one.idlePerBackend,
        idleTimeoutMs: one.upstreamIdleMs,
        maxRequests: one.maxRequests,
      },
      affinity: { mode: one.mode },
    },
    proxyHeaderIn: one.proxyHeaderIn,
    proxyProtocolOut: one.proxyProtocolOut,
  }));

function stepsOf(...kinds: readonly Weighted[]): fc.Arbitrary<readonly Step[]> {
  const [accepted] = kinds;
  const first = fc.array(accepted?.arbitrary ?? fc.constant({ does: "run" as const }), { minLength: 1, maxLength: 2 });
  const then = fc.array(fc.oneof(...kinds), { minLength: 5, maxLength: 120, size: "max" });
  return fc.tuple(first, then).map((parts) => parts.flat());
}

describe("the life of requests, whatever happens", () => {
  const seen = new Map<string, number>();

  function live(more: LifeOptions, steps: readonly Step[], end: (life: HttpLife) => void): void {
    const life = new HttpLife(more);
    for (const step of steps) life.do(step);
    end(life);
    for (const { cause, status } of life.records) {
      seen.set(cause, (seen.get(cause) ?? 0) + 1);
      seen.set(`${status}`, (seen.get(`${status}`) ?? 0) + 1);
    }
  }

  it("when nobody does wrong every request is answered by a backend, whole", () => {
    fc.assert(
      fc.property(options, stepsOf(accepting(wish), ...calm), (more, steps) =>
        live(more, steps, (life) => expect(life.endWell(), "all are answered").to.equal(true)),
      ),
      { numRuns: runs(120) },
    );
  });

  it("what a backend may have seen is not sent again, unless that does no harm", () => {
    const lively = { weight: 12, arbitrary: fc.record({ does: fc.constant("work" as const), answers: fc.boolean() }) };
    const all = { weight: 6, arbitrary: fc.record({ does: fc.constant("send" as const), at, bytes: part }) };
    fc.assert(
      fc.property(options, stepsOf(accepting(wish), lively, all, ...flighty), (more, steps) =>
        live(more, steps, (life) => life.endWell()),
      ),
      { numRuns: runs(200) },
    );
  });

  const anything = stepsOf(accepting(anyWish), ...calm, ...flighty, ...disturbing);
  const withEnds = stepsOf(accepting(anyWish), ...calm, ...flighty, ...disturbing, ...final);

  it("one record each, every gauge at zero, every byte in its place, when all ends well", () => {
    fc.assert(
      fc.property(options, anything, (more, steps) => live(more, steps, (life) => life.endWell())),
      { numRuns: runs(200) },
    );
  });

  it("and when it is cut short", () => {
    fc.assert(
      fc.property(options, withEnds, (more, steps) => live(more, steps, (life) => life.endNow())),
      { numRuns: runs(200) },
    );
  });

  it("and a lot did happen", () => {
    const expected = [
      ..."finished reset closed-early backend-closed bad-request bad-response response-cut response-timeout".split(" "),
      ..."idle-timeout head-timeout shutdown drain-deadline queue-timeout connect-refused".split(" "),
      ..."101 200 204 304 400 502 503 504 408 -1".split(" "),
    ];
    const missing = (): readonly string[] => expected.filter((what) => !seen.has(what));
    for (let round = 0; round < 20 && missing().length > 0; round++) {
      fc.assert(
        fc.property(options, withEnds, (more, steps) => live(more, steps, (life) => life.endWell())),
        { numRuns: 50 },
      );
    }
    expect(missing(), [...seen.keys()].join(" ")).to.deep.equal([]);
  });
});
