import fc from "fast-check";
import type { ChoiceReason } from "../../src/model/choice.ts";
import type { Cause, ConnectionRecord, EndedBy, Phase } from "../../src/model/connection-record.ts";
import type { Mode } from "../../src/model/listen-address.ts";
import type { CookieIn, CookieOut, RequestRecord } from "../../src/model/request-record.ts";

/** Any sequence of UTF-16 units: control characters, lone surrogates and all. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom("\n", "\r", '"', "\\", " ", "=", "/", "\x1b", "\x9b", "\u2028", "\ud800", "a", "é", "😀"))
    .map((a) => a.join("")),
);

/** Nothing that ends a line or that a terminal obeys. */
export const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;

/** Any bytes as latin1 text, as a client may send them: those that break lines and fields more often than others. */
export const anyOctets = fc
  .array(fc.oneof(fc.nat(0xff), fc.constantFrom(...[...'\r\n"#\\ ={}|?;/\x7f\x9b'].map((c) => c.charCodeAt(0)))), {
    maxLength: 30,
  })
  .map((octets) => String.fromCharCode(...octets));

const count = fc.nat(Number.MAX_SAFE_INTEGER);
const duration = fc.oneof(fc.constant(-1), fc.double({ min: 0, max: 1e9, noNaN: true }));
const endpoint = fc.record({ address: anyText, port: fc.nat(65_535) });
const wallMs = fc.integer({ min: 0, max: 4_102_444_800_000 });

const common = {
  id: count,
  listener: anyText,
  client: endpoint,
  via: fc.option(endpoint, { nil: undefined }),
  key: anyText,
  backend: fc.option(anyText, { nil: undefined }),
  home: fc.option(anyText, { nil: undefined }),
  reason: fc.constantFrom<(ChoiceReason | undefined)[]>("home", "failover", "panic", "sticky", undefined),
  attempts: fc.nat(300),
  redispatched: fc.boolean(),
  endedBy: fc.constantFrom<EndedBy[]>("client", "backend", "balancer", "operator"),
  phase: fc.constantFrom<Phase[]>("accept", "identify", "request", "choose", "connect", "response", "relay"),
  cause: fc.constantFrom<Cause[]>("finished", "reset", "connect-refused", "bad-request"),
  queueMs: duration,
  connectMs: duration,
  totalMs: duration,
  bytesIn: count,
  bytesOut: count,
  openProcess: count,
  openListener: count,
  openBackend: count,
  snapshotVersion: count,
};

export const anyConnection: fc.Arbitrary<ConnectionRecord> = fc.record({
  ...common,
  acceptedAtMs: wallMs,
  mode: fc.constantFrom<Mode[]>("tcp", "http"),
  requests: fc.nat(3),
  state: fc.constantFrom("--", "SC", "cD"),
  identifyMs: duration,
});

export const anyRequest: fc.Arbitrary<RequestRecord> = fc.record({
  ...common,
  connectionId: count,
  index: fc.integer({ min: 1, max: 1e6 }),
  startedAtMs: wallMs,
  method: fc.oneof(fc.constantFrom("", "GET", "POST", "OPTIONS"), anyOctets),
  target: fc.oneof(fc.constantFrom("", "*", "/", "/a?b", "/a;b", "http://a/x"), anyOctets),
  minorVersion: fc.nat(9),
  status: fc.oneof(fc.constant(-1), fc.integer({ min: 100, max: 999 })),
  refusal: fc.option(fc.constantFrom("method", "chunk-size"), { nil: undefined }),
  reused: fc.boolean(),
  upgraded: fc.boolean(),
  cookieIn: fc.constantFrom<CookieIn[]>("off", "none", "invalid", "unknown", "valid", "unused"),
  cookieOut: fc.constantFrom<CookieOut[]>("off", "none", "inserted", "updated", "deleted"),
  state: fc.constantFrom("--VN", "--NI", "----", "PR--", "cR--", "SHVN", "sDII"),
  headMs: duration,
  responseMs: duration,
});
