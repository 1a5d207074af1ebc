import { expect } from "chai";
import type { Cause } from "../../../src/model/connection-record.ts";
import { causeOfConnectError, causeOfSocketError, isLocalFailure } from "../../../src/path/socket-failure.ts";

function errorOf(code: string | undefined, more: { readonly cause?: unknown } = {}): Error {
  return Object.assign(new Error("it failed", more), code === undefined ? {} : { code });
}

/** Code, while connecting, on an established socket. */
const codes: readonly (readonly [string, Cause, Cause])[] = [
  ["ECONNREFUSED", "connect-refused", "unknown-error"],
  ["ECONNRESET", "connect-reset", "reset"],
  ["ECONNABORTED", "connect-reset", "reset"],
  ["EPIPE", "unknown-error", "reset"],
  ["ENOTCONN", "unknown-error", "reset"],
  ["ETIMEDOUT", "connect-timeout", "timed-out"],
  ["EHOSTUNREACH", "connect-unreachable", "unreachable"],
  ["ENETUNREACH", "connect-unreachable", "unreachable"],
  ["ENETDOWN", "connect-unreachable", "unreachable"],
  ["EHOSTDOWN", "connect-unreachable", "unknown-error"],
  ["EACCES", "connect-unreachable", "unknown-error"],
  ["EPERM", "connect-unreachable", "unknown-error"],
  ["ENOTFOUND", "name-not-found", "unknown-error"],
  ["EAI_AGAIN", "name-not-found", "unknown-error"],
  ["EAI_FAIL", "name-not-found", "unknown-error"],
  ["EAI_NONAME", "name-not-found", "unknown-error"],
  ["EADDRNOTAVAIL", "source-address", "unknown-error"],
  ["EADDRINUSE", "source-address", "unknown-error"],
  ["EMFILE", "out-of-descriptors", "unknown-error"],
  ["ENFILE", "out-of-descriptors", "unknown-error"],
  ["ENOBUFS", "out-of-memory", "out-of-memory"],
  ["ENOMEM", "out-of-memory", "out-of-memory"],
  ["EWHATEVER", "unknown-error", "unknown-error"],
];

describe("socket failures", () => {
  for (const [code, connecting, established] of codes) {
    it(`${code}: ${connecting} · ${established}`, () => {
      expect(causeOfConnectError(errorOf(code))).to.equal(connecting);
      expect(causeOfSocketError(errorOf(code))).to.equal(established);
    });
  }

  it("an error without a code is unknown", () => {
    expect(causeOfConnectError(errorOf(undefined))).to.equal("unknown-error");
    expect(causeOfSocketError(new TypeError("ours"))).to.equal("unknown-error");
  });

  it("finds the first known one of several attempts (happy eyeballs)", () => {
    const several = new AggregateError([errorOf("EWHATEVER"), errorOf("ENETUNREACH"), errorOf("ECONNREFUSED")]);
    expect(causeOfConnectError(several)).to.equal("connect-unreachable");
    const named = Object.assign(new AggregateError([errorOf("ENETUNREACH")]), { code: "ECONNREFUSED" });
    expect(causeOfConnectError(named)).to.equal("connect-refused");
    expect(causeOfConnectError(new AggregateError([]))).to.equal("unknown-error");
    expect(causeOfConnectError(new AggregateError(["ECONNREFUSED", null]))).to.equal("unknown-error");
  });

  it("looks behind a wrapping error", () => {
    expect(causeOfConnectError(errorOf(undefined, { cause: errorOf("ECONNREFUSED") }))).to.equal("connect-refused");
    expect(causeOfSocketError(errorOf("EWHATEVER", { cause: errorOf("EPIPE") }))).to.equal("reset");
    const nested = new AggregateError([errorOf(undefined, { cause: errorOf("ETIMEDOUT") })]);
    expect(causeOfConnectError(nested)).to.equal("connect-timeout");
  });

  it("does not go round in circles", () => {
    const self = errorOf("EWHATEVER");
    self.cause = self;
    expect(causeOfSocketError(self)).to.equal("unknown-error");
    const many = new AggregateError([]);
    many.errors.push(many, many);
    many.cause = many;
    expect(causeOfConnectError(many)).to.equal("unknown-error");
  });

  it("a failure is ours when another backend would have met it too", () => {
    const ours = codes.map(([, cause]) => cause).filter(isLocalFailure);
    expect(new Set(ours)).to.deep.equal(new Set(["source-address", "out-of-descriptors", "out-of-memory"]));
  });
});
