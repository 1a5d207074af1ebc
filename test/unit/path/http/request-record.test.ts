import { expect } from "chai";
import type { Cidr } from "../../../../src/model/cidr.ts";
import { clusterOf } from "../../../support/clusters.ts";
import { optionsOf } from "../../../support/data-path-of.ts";
import { GET, HttpWorld, OK, requestOf } from "../../../support/http-world.ts";

const RETRY_DELAY_MS = optionsOf().connect.retryDelayMs;
const PROXY: Cidr = { bytes: Uint8Array.of(192, 0, 2, 1), bits: 32, text: "192.0.2.1" };
const TWO = clusterOf({ a: {}, b: { slot: 1 } });

describe("the record of a request", () => {
  it("names the proxy in front only where the client is somebody else", () => {
    const w = new HttpWorld({
      path: { live: { ...optionsOf().live, trustedProxies: [PROXY] } },
      http: { forwardedHeader: "x-forwarded-for" },
    });
    const client = w.accept("192.0.2.1");
    for (const [nth, lines] of [[], ["X-Forwarded-For: 203.0.113.9"]].entries()) {
      w.say(client, requestOf("GET /", lines));
      w.say(w.backend(0), OK);
      expect(w.requests).to.have.length(nth + 1);
    }
    expect(w.requests.map(({ client: { address }, via }) => [address, via?.address])).to.deep.equal([
      ["192.0.2.1", undefined],
      ["203.0.113.9", "192.0.2.1"],
    ]);
  });

  it("tells of the attempts that failed, and that another backend answered", () => {
    const w = new HttpWorld({ snapshot: TWO });
    const client = w.accept();
    w.say(client, GET);
    const isElsewhere = (): boolean => w.lastDialed.options.port !== w.dialed[0]?.options.port;
    while (!isElsewhere()) {
      w.fail(w.lastDialed, "ECONNREFUSED");
      w.advance(RETRY_DELAY_MS);
    }
    w.say(w.backend(w.dialed.length - 1), OK);
    const { redispatched, attempts, backend, home, status } = w.lastRequest;
    expect({ redispatched, attempts, status }).to.deep.equal({
      redispatched: true,
      attempts: w.dialed.length,
      status: 200,
    });
    expect([backend, home].sort()).to.deep.equal(["a", "b"]);
  });

  it("is not redispatched, and has one attempt, where the first backend answers", () => {
    const w = new HttpWorld({ snapshot: TWO });
    w.say(w.accept(), GET);
    w.say(w.backend(0), OK);
    expect(w.lastRequest).to.deep.include({ redispatched: false, attempts: 1, reused: false, upgraded: false });
  });

  it("of what never became a request says of nothing more than there was", () => {
    const w = new HttpWorld({ http: { affinity: { mode: "insert" } } });
    w.say(w.accept(), "GET  / HTTP/1.1\r\n\r\n");
    expect(w.lastRequest).to.deep.include({
      ...{ method: "", target: "", minorVersion: 1, status: 400, backend: undefined, home: undefined },
      ...{ attempts: 0, redispatched: false, reused: false, upgraded: false, cookieIn: "off", cookieOut: "off" },
      ...{ headMs: -1, queueMs: -1, connectMs: -1, responseMs: -1, bytesIn: 0, openBackend: 0, snapshotVersion: 0 },
    });
  });

  it("says what became of the cookie both ways", () => {
    const w = new HttpWorld({ http: { affinity: { mode: "insert" } } });
    const client = w.accept();
    for (const lines of [[], ["Cookie: sid=a"], ["Cookie: sid=gone"]]) {
      w.say(client, requestOf("GET /", lines));
      w.say(w.backend(0), OK);
    }
    expect(w.requests.map(({ cookieIn, cookieOut }) => `${cookieIn} ${cookieOut}`)).to.deep.equal([
      "none inserted",
      "valid none",
      "unknown inserted",
    ]);
  });

  it("says that the backend of the cookie could not be used, and which one answered instead", () => {
    const w = new HttpWorld({
      snapshot: clusterOf({ a: { health: "unhealthy" }, b: { slot: 1 } }),
      http: { affinity: { mode: "insert" } },
    });
    w.say(w.accept(), requestOf("GET /", ["Cookie: sid=a"]));
    w.say(w.backend(0), OK);
    expect(w.lastRequest).to.deep.include({ home: "a", backend: "b", cookieIn: "down", cookieOut: "inserted" });
  });

  it("says so, too, when there is nothing instead", () => {
    const { placement } = optionsOf();
    const w = new HttpWorld({
      snapshot: clusterOf({ a: { health: "unhealthy" }, b: { slot: 1 } }),
      path: { placement: { ...placement, choose: { ...placement.choose, onDown: "reject" } } },
      http: { affinity: { mode: "insert" } },
    });
    w.say(w.accept(), requestOf("GET /", ["Cookie: sid=a"]));
    expect(w.lastRequest).to.deep.include({ status: 503, cause: "home-down", cookieIn: "down", cookieOut: "none" });
    expect(w.dialed).to.have.length(0);
  });
});
