import { expect } from "chai";
import { OwnUpstreams } from "../../../../src/path/http/own-upstreams.ts";
import { Upstream } from "../../../../src/path/http/upstream.ts";
import { FakeRelaySocket } from "../../../support/fake-relay-socket.ts";
import { RecordingHandler } from "../../../support/recording-handler.ts";
import { backendOf, memberOf } from "../../../support/snapshot-of.ts";

/** A connection to the backend with this slot. */
function upstreamTo(slot: number): Upstream {
  const member = memberOf(backendOf(`b${slot}`), slot);
  return new Upstream(new FakeRelaySocket(new RecordingHandler(), {}), member, undefined, Buffer.alloc(16), () => {});
}

describe("OwnUpstreams", () => {
  it("knows none to begin with", () => {
    expect(new OwnUpstreams().find(0)).to.equal(undefined);
  });

  it("finds the connection that was used last at each of several backends", () => {
    const own = new OwnUpstreams();
    const [a, b, c] = [upstreamTo(0), upstreamTo(1), upstreamTo(2)];
    for (const upstream of [a, b, c, a]) own.note(upstream);
    expect([own.find(0), own.find(1), own.find(2), own.find(3)]).to.deep.equal([a, b, c, undefined]);
  });

  it("forgets the one before at the same backend", () => {
    const own = new OwnUpstreams();
    const [first, second, other, third] = [upstreamTo(0), upstreamTo(0), upstreamTo(1), upstreamTo(0)];
    own.note(first);
    own.note(second);
    expect(own.find(0)).to.equal(second);
    own.note(other);
    expect(own.find(0)).to.equal(second);
    own.note(third);
    own.note(other);
    expect([own.find(0), own.find(1)]).to.deep.equal([third, other]);
  });
});
