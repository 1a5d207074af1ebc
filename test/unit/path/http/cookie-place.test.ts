import { expect } from "chai";
import type { AffinityOptions } from "../../../../src/path/http/options.ts";
import { clusterOf } from "../../../support/clusters.ts";
import { HttpWorld, message, sentTo } from "../../../support/http-world.ts";

const answer = (...lines: readonly string[]): string =>
  message(["HTTP/1.1 200 OK", ...lines, "Content-Length: 2"], "ok");

interface Told {
  readonly backend: string | undefined;
  readonly cookies: string;
  readonly forwarded: string;
}

/** A client that is told `set` by whoever answers first, and then asks with `cookie` in the first or the last field line. */
function tell(affinity: Partial<AffinityOptions>, set: string, cookie: string, isFirst: boolean): Told {
  const w = new HttpWorld({ snapshot: clusterOf({ a: {}, b: {}, c: {} }), http: { affinity } });
  const client = w.accept();
  const ask = (...lines: readonly string[]): string => {
    const before = w.dialed.length;
    w.say(client, message(["GET / HTTP/1.1", ...lines]));
    const nth = w.dialed.length > before ? before : 0;
    const sent = sentTo(w.backend(nth));
    const setLine = `Set-Cookie: ${set}`;
    w.say(w.backend(nth), isFirst ? answer(setLine, "X-Last: 1") : answer("X-First: 1", setLine));
    return sent;
  };
  ask("Host: shop");
  const line = `Cookie: ${cookie}`;
  const forwarded = isFirst ? ask(line, "Host: shop") : ask("Host: shop", line);
  const { backend } = w.lastRequest;
  const cookies = w.requests.map(({ cookieIn, cookieOut }) => `${cookieIn} ${cookieOut}`).join(", ");
  return { backend, cookies, forwarded: /\r\nCookie: ([^\r]*)/.exec(forwarded.slice(-200))?.[1] ?? "" };
}

describe("a cookie counts in the first field line as in any other", () => {
  const modes: readonly (readonly [Partial<AffinityOptions>, set: string, cookie: string, expected: Partial<Told>])[] =
    [
      [
        { mode: "insert" },
        "sid=made-up",
        "x=1; sid=b",
        { backend: "b", cookies: "none inserted, valid deleted", forwarded: "x=1" },
      ],
      [
        { mode: "prefix" },
        "sid=abc",
        "x=1; sid=b~abc",
        { backend: "b", cookies: "none rewritten, valid rewritten", forwarded: "x=1; sid=abc" },
      ],
      [
        { mode: "route" },
        "sid=abc.b",
        "x=1; sid=abc.b",
        { backend: "b", cookies: "none provided, valid provided", forwarded: "x=1; sid=abc.b" },
      ],
      [{ mode: "passive" }, "sid=abc", "x=1; sid=abc", { cookies: "none provided, valid provided" }],
      [{ mode: "learn" }, "sid=abc", "x=1; sid=abc", { cookies: "none provided, valid provided" }],
      [
        { mode: "off", hashKey: { kind: "cookie", name: "sid" } },
        "sid=abc",
        "x=1; sid=abc",
        { cookies: "off off, off off" },
      ],
    ];
  for (const [affinity, set, cookie, expected] of modes) {
    it(`${affinity.mode}`, () => {
      const first = tell(affinity, set, cookie, true);
      expect(first).to.deep.include(expected);
      expect(first).to.deep.equal(tell(affinity, set, cookie, false));
    });
  }
});
