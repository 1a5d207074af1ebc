import { expect } from "chai";
import { configure, problemsOf } from "../../support/configure.ts";

type Env = Readonly<Record<string, string>>;

/** Without a secret there is a warning of its own. */
const HTTP: Env = { MODE: "http", COOKIE_SECRET: "correct-horse-battery-staple-40-bytes-xx" };

const UNSECURE = { COOKIE_SECURE: "off" };
const AUTO = { COOKIE_SECURE: "auto" };

/** What is refused, under which name, and the small change that makes it right. */
const ERRORS: readonly (readonly [title: string, wrong: Env, where: string, right: Env])[] = [
  ["a key of requests in tcp mode", { MODE: "tcp", HASH_KEY: "header:x" }, "HASH_KEY", { MODE: "http" }],
  ["a free choice in tcp mode", { MODE: "tcp", NEW_SESSION: "least_conn" }, "NEW_SESSION", { NEW_SESSION: "hash" }],
  ["SameSite=None in the open", { ...UNSECURE, COOKIE_SAMESITE: "none" }, "COOKIE_SAMESITE", AUTO],
  ["__Secure- in the open", { ...UNSECURE, COOKIE_NAME: "__Secure-a" }, "COOKIE_NAME", AUTO],
  ["__Host- in the open", { ...UNSECURE, COOKIE_NAME: "__Host-a" }, "COOKIE_NAME", AUTO],
  [
    "__Host- with a domain",
    { COOKIE_NAME: "__Host-a", COOKIE_DOMAIN: "a.example" },
    "COOKIE_DOMAIN",
    { COOKIE_NAME: "a" },
  ],
  ["__Host- below a path", { COOKIE_NAME: "__HOST-a", COOKIE_PATH: "/a" }, "COOKIE_PATH", { COOKIE_PATH: "/" }],
  ["a partition without frames", { COOKIE_PARTITIONED: "1" }, "COOKIE_PARTITIONED", { COOKIE_SAMESITE: "none" }],
  ["a hash of nothing", { COOKIE_MODE: "passive" }, "COOKIE_NAME", { COOKIE_NAME: "sid" }],
  ["a prefix of nothing", { COOKIE_MODE: "prefix" }, "COOKIE_NAME", { COOKIE_NAME: "sid" }],
  ["a route in nothing", { COOKIE_MODE: "route", COOKIE_NAME: "lengket" }, "COOKIE_NAME", { COOKIE_NAME: "sid" }],
  ["learning from nothing", { COOKIE_MODE: "learn" }, "LEARN_FROM", { LEARN_FROM: "header:x" }],
  [
    "looking up what was never learned",
    { COOKIE_MODE: "learn", LEARN_LOOKUP: "query:sid" },
    "LEARN_FROM",
    { COOKIE_NAME: "io" },
  ],
  [
    "an id that no cookie can hold",
    { COOKIE_VALUE: "id", BACKENDS: "café=x:1,b=x:2" },
    "BACKENDS",
    { COOKIE_VALUE: "opaque" },
  ],
  [
    "an id that no prefix can hold",
    { COOKIE_MODE: "prefix", COOKIE_NAME: "sid", BACKENDS: "café=x:1" },
    "BACKENDS",
    { BACKENDS: "cafe=x:1" },
  ],
  [
    "an id that no route can be",
    { COOKIE_MODE: "route", COOKIE_NAME: "sid", BACKENDS: "café=x:1" },
    "BACKENDS",
    { COOKIE_MODE: "passive" },
  ],
  [
    "one PROXY header for many clients",
    { UPSTREAM_REUSE: "shared", PROXY_PROTOCOL_OUT: "v2" },
    "UPSTREAM_REUSE",
    { UPSTREAM_REUSE: "client" },
  ],
  ["an address told by nobody", { REAL_IP_HEADER: "x-real-ip" }, "REAL_IP_HEADER", { TRUSTED_PROXIES: "loopback" }],
];

const IDLE_8H_AGE_1H = { COOKIE_IDLE: "8h", COOKIE_MAX_AGE: "1h" };

const WARNINGS: readonly (readonly [title: string, odd: Env, where: string, right: Env])[] = [
  ["tokens that can be made up", { COOKIE_SECRET: "" }, "COOKIE_SECRET", { COOKIE_VALUE: "id" }],
  [
    "tcp listeners beside a key of requests",
    { LISTEN: ":1,:2;mode=tcp", HASH_KEY: "query:u", NEW_SESSION: "hash" },
    "HASH_KEY",
    { LISTEN: ":1" },
  ],
  ["taking the application's cookie away", { COOKIE_NAME: "JSESSIONID" }, "COOKIE_NAME", { COOKIE_MODE: "prefix" }],
  ["old before idle", { COOKIE_IDLE: "2h", COOKIE_LIFE: "1h" }, "COOKIE_IDLE", { COOKIE_LIFE: "2h" }],
  ["sessions that end in the middle", { COOKIE_MAX_AGE: "1h" }, "COOKIE_MAX_AGE", { COOKIE_IDLE: "1h" }],
  ["a browser that forgets before the session is idle", IDLE_8H_AGE_1H, "COOKIE_MAX_AGE", { COOKIE_MAX_AGE: "8h" }],
  ["hops that are everybody", { TRUSTED_PROXIES: "0.0.0.0/0" }, "TRUSTED_PROXIES", { TRUSTED_PROXIES: "10.0.0.0/8" }],
  ["hops that are all of IPv6", { TRUSTED_PROXIES: "loopback, ::/0" }, "TRUSTED_PROXIES", { TRUSTED_PROXIES: "::1" }],
  ["a short life without a renewal, of a day", { COOKIE_MAX_AGE: "23h" }, "COOKIE_MAX_AGE", { COOKIE_MAX_AGE: "1d" }],
  [
    "refusing who cannot help it",
    { COOKIE_MODE: "prefix", COOKIE_NAME: "sid", COOKIE_INVALID: "reject" },
    "COOKIE_INVALID",
    { COOKIE_INVALID: "repin" },
  ],
  [
    "a limit of the hop in front",
    { MAX_CONNECTIONS_PER_CLIENT: "9", TRUSTED_PROXIES: "10.0.0.0/8" },
    "MAX_CONNECTIONS_PER_CLIENT",
    { PROXY_PROTOCOL_IN: "optional" },
  ],
  [
    "a rate of the hop in front",
    { RATE_PER_CLIENT: "9/s", TRUSTED_PROXIES: "10.0.0.0/8" },
    "RATE_PER_CLIENT",
    { TRUSTED_PROXIES: "" },
  ],
  [
    "a list that keeps the hop out",
    { ALLOW: "203.0.113.0/24", TRUSTED_PROXIES: "10.0.0.0/8" },
    "ALLOW",
    { ALLOW: "203.0.113.0/24,10.1.0.0/16,10.0.0.0/24" },
  ],
  ["a cookie in tcp mode", { MODE: "tcp", COOKIE_NAME: "a" }, "COOKIE_NAME", { LISTEN: ":1;mode=http" }],
  ["a head limit in tcp mode", { MODE: "tcp", HTTP_MAX_HEAD: "8k" }, "HTTP_MAX_HEAD", { MODE: "http" }],
  ["reuse in tcp mode", { MODE: "tcp", UPSTREAM_REUSE: "never" }, "UPSTREAM_REUSE", { MODE: "http" }],
  ["forwarding in tcp mode", { MODE: "tcp", FORWARDED_OUT: "off" }, "FORWARDED_OUT", { MODE: "http" }],
  ["a path of no cookie", { COOKIE_MODE: "off", COOKIE_PATH: "/a" }, "COOKIE_PATH", { COOKIE_MODE: "insert" }],
  ["a name of no cookie", { COOKIE_MODE: "off", COOKIE_NAME: "a" }, "COOKIE_NAME", { COOKIE_MODE: "passive" }],
  ["a secret of plain ids", { COOKIE_VALUE: "id" }, "COOKIE_SECRET", { COOKIE_VALUE: "opaque" }],
  ["a memory of nothing", { LEARN_MAX: "5" }, "LEARN_MAX", { COOKIE_MODE: "learn", LEARN_FROM: "cookie:a" }],
  [
    "a cookie that is not learned",
    { COOKIE_MODE: "learn", COOKIE_NAME: "a", LEARN_FROM: "header:b" },
    "COOKIE_NAME",
    { LEARN_LOOKUP: "header:b,cookie:a" },
  ],
  [
    "a separator of no route",
    { ROUTE_SEPARATOR: "!" },
    "ROUTE_SEPARATOR",
    { COOKIE_MODE: "route", COOKIE_NAME: "sid" },
  ],
  [
    "refusing what cannot be wrong",
    { COOKIE_MODE: "route", COOKIE_NAME: "sid", COOKIE_INVALID: "reject" },
    "COOKIE_INVALID",
    { COOKIE_MODE: "insert" },
  ],
  [
    "draining what is hashed",
    { COOKIE_MODE: "passive", COOKIE_NAME: "s", DRAIN_COOKIES: "no" },
    "DRAIN_COOKIES",
    { COOKIE_MODE: "route" },
  ],
  ["a choice that is never made", { COOKIE_MODE: "off", NEW_SESSION: "p2c" }, "NEW_SESSION", { COOKIE_MODE: "insert" }],
  [
    "a hint where hashes agree",
    { NEW_SESSION: "hash", NEW_SESSION_HINT: "1s" },
    "NEW_SESSION_HINT",
    { NEW_SESSION: "p2c" },
  ],
  ["a key that is not hashed", { HASH_KEY: "header:x" }, "HASH_KEY", { NEW_SESSION: "hash" }],
  [
    "keeping what is never used again",
    { UPSTREAM_REUSE: "never", UPSTREAM_IDLE: "9" },
    "UPSTREAM_IDLE",
    { UPSTREAM_REUSE: "client" },
  ],
];

describe("contradictions of http mode", () => {
  for (const [title, wrong, where, right] of ERRORS) {
    it(`refuses ${title}, and only that`, () => {
      const found = problemsOf({ ...HTTP, ...wrong });
      expect(found.map((problem) => problem.where)).to.deep.equal([`LENGKET_${where}`]);
      expect(found[0]?.problem).to.match(/\S/);
      expect(found[0]?.hint).to.match(/\S/);
      expect(() => configure({ ...HTTP, ...wrong, ...right })).to.not.throw();
    });
  }

  it("names every reason why browsers would ignore the cookie", () => {
    const found = problemsOf({ ...HTTP, COOKIE_SECURE: "off", COOKIE_SAMESITE: "none", COOKIE_PARTITIONED: "yes" });
    expect(found.map(({ where }) => where)).to.deep.equal(["LENGKET_COOKIE_SAMESITE", "LENGKET_COOKIE_PARTITIONED"]);
  });

  it("does not judge attributes of a cookie that is never set", () => {
    const odd = { COOKIE_SECURE: "off", COOKIE_SAMESITE: "none" };
    expect(() => configure(odd)).to.not.throw();
    expect(() => configure({ ...HTTP, ...odd, COOKIE_MODE: "off" })).to.not.throw();
  });

  it("names the backend whose id cannot stand in a cookie", () => {
    const [problem] = problemsOf({ ...HTTP, COOKIE_VALUE: "id", BACKENDS: "a=x:1,größe=x:2,[::1]:3" });
    expect(problem?.value).to.equal("größe");
  });

  it("lets a unix socket tell addresses: only who may open its path can connect", () => {
    const unix = { LISTEN: "unix:/run/l", REAL_IP_HEADER: "x-real-ip" };
    expect(configure({ ...HTTP, ...unix }).warnings).to.deep.equal([]);
    expect(problemsOf({ ...HTTP, ...unix, LISTEN: "unix:/run/l,:1" })).to.have.lengthOf(1);
  });

  it("leaves out checks that depend on a mode that could not be read", () => {
    expect(problemsOf({ MODE: "htpp", HASH_KEY: "header:x" }).map(({ where }) => where)).to.deep.equal([
      "LENGKET_MODE",
    ]);
  });
});

describe("warnings of http mode", () => {
  for (const [title, odd, where, right] of WARNINGS) {
    it(`warn of ${title}`, () => {
      const found = configure({ ...HTTP, ...odd }).warnings.filter((warning) => warning.where === `LENGKET_${where}`);
      expect(found).to.have.lengthOf(1);
      expect(found[0]?.hint).to.match(/\S/);
      const after = configure({ ...HTTP, ...odd, ...right }).warnings;
      expect(after.map((warning) => warning.where)).to.not.include(`LENGKET_${where}`);
    });
  }

  it("do not come for http mode with a secret", () => {
    expect(configure(HTTP).warnings).to.deep.equal([]);
    expect(configure({ ...HTTP, TRUSTED_PROXIES: "private", COOKIE_MAX_AGE: "7d" }).warnings).to.deep.equal([]);
  });

  it("do not come for cookies that are Secure whoever asks, because browsers insist on it", () => {
    for (const insisted of [{ COOKIE_SAMESITE: "none" }, { COOKIE_NAME: "__Host-a" }, { COOKIE_NAME: "__Secure-a" }]) {
      expect(configure({ ...HTTP, ...insisted }).warnings, JSON.stringify(insisted)).to.deep.equal([]);
    }
  });

  it("do not come for a session that is meant to end when the browser forgets it", () => {
    expect(configure({ ...HTTP, COOKIE_LIFE: "1h", COOKIE_MAX_AGE: "1h" }).warnings).to.deep.equal([]);
  });

  it("do not come for any cookie mode that is set up well", () => {
    for (const settings of [
      { COOKIE_MODE: "passive", COOKIE_NAME: "sid", COOKIE_SECRET: "" },
      { COOKIE_MODE: "prefix", COOKIE_NAME: "JSESSIONID", COOKIE_SECRET: "" },
      { COOKIE_MODE: "route", COOKIE_NAME: "JSESSIONID", ROUTE_SEPARATOR: "!", COOKIE_SECRET: "" },
      { COOKIE_MODE: "learn", LEARN_FROM: "header:Mcp-Session-Id", COOKIE_SECRET: "" },
      { COOKIE_MODE: "off", HASH_KEY: "header:x-tenant", COOKIE_SECRET: "" },
      { COOKIE_VALUE: "id", COOKIE_IDLE: "30m", COOKIE_SECRET: "" },
    ]) {
      expect(configure({ ...HTTP, ...settings }).warnings, JSON.stringify(settings)).to.deep.equal([]);
    }
  });

  it("say what makes a setting idle", () => {
    const [tcp] = configure({ COOKIE_PATH: "/a" }).warnings;
    expect(tcp).to.deep.include({ value: "/a", problem: "no effect while no listener speaks http" });
    const [route] = configure({ ...HTTP, LEARN_TTL: "2h" }).warnings;
    expect(route).to.deep.include({ problem: "no effect while LENGKET_COOKIE_MODE is insert" });
  });

  it("come once for a setting that two rules are about", () => {
    const { warnings } = configure({ COOKIE_MODE: "learn", COOKIE_NAME: "a", LEARN_FROM: "header:b" });
    expect(warnings.map(({ where }) => where)).to.deep.equal([
      "LENGKET_COOKIE_MODE",
      "LENGKET_COOKIE_NAME",
      "LENGKET_LEARN_FROM",
    ]);
  });

  it("do not come for hops that forwarding headers are read from", () => {
    expect(configure({ ...HTTP, TRUSTED_PROXIES: "loopback" }).warnings).to.deep.equal([]);
    const both = { PROXY_PROTOCOL_IN: "required", TRUSTED_PROXIES: "loopback", PROXY_PROTOCOL_TRUSTED: "10.0.0.1" };
    expect(configure({ ...HTTP, ...both }).warnings).to.deep.equal([]);
  });
});

describe("what follows from the settings of http mode", () => {
  const settings = (env: Env) => configure({ ...HTTP, ...env }).settings;

  it("is the choice for new sessions: free where requests say where they belong", () => {
    const named = { COOKIE_NAME: "sid" };
    expect(settings({}).newSession).to.equal("least_conn");
    expect(settings({ ...named, COOKIE_MODE: "prefix" }).newSession).to.equal("least_conn");
    expect(settings({ ...named, COOKIE_MODE: "route" }).newSession).to.equal("least_conn");
    expect(settings({ ...named, COOKIE_MODE: "learn" }).newSession).to.equal("least_conn");
    expect(settings({ ...named, COOKIE_MODE: "passive" }).newSession).to.equal("hash");
    expect(settings({ COOKIE_MODE: "off" }).newSession).to.equal("hash");
    expect(settings({ NEW_SESSION: "round_robin" }).newSession).to.equal("round_robin");
  });

  it("is where sessions are learned from and looked up", () => {
    const cookie = [{ kind: "cookie", name: "io" }];
    const header = [{ kind: "header", name: "mcp-session-id" }];
    const query = [{ kind: "query", name: "sid" }];
    const learn = (env: Env) => {
      const { learnFrom, learnLookup } = settings({ COOKIE_MODE: "learn", ...env });
      return [learnFrom, learnLookup];
    };
    expect(learn({ COOKIE_NAME: "io" })).to.deep.equal([cookie, cookie]);
    expect(learn({ LEARN_FROM: "header:Mcp-Session-Id" })).to.deep.equal([header, header]);
    expect(learn({ COOKIE_NAME: "io", LEARN_LOOKUP: "query:sid" })).to.deep.equal([cookie, query]);
  });

  it("is that a PROXY header keeps a backend connection for its client", () => {
    expect(settings({}).upstreamReuse).to.equal("shared");
    expect(settings({ PROXY_PROTOCOL_OUT: "v1" }).upstreamReuse).to.equal("client");
    expect(settings({ PROXY_PROTOCOL_OUT: "v1", UPSTREAM_REUSE: "never" }).upstreamReuse).to.equal("never");
  });
});
