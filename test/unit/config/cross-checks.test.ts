import { expect } from "chai";
import { configure, problemsOf, TWO_BACKENDS } from "../../support/configure.ts";

type Env = Readonly<Record<string, string>>;

/** What is refused, under which name, and the small change that makes it right. */
const ERRORS: readonly (readonly [title: string, wrong: Env, where: string, right: Env])[] = [
  [
    "PROXY headers from nobody",
    { PROXY_PROTOCOL_IN: "required" },
    "PROXY_PROTOCOL_TRUSTED",
    { TRUSTED_PROXIES: "loopback" },
  ],
  [
    "PROXY headers from nobody on one listener",
    { LISTEN: ":1,:2;proxy=optional" },
    "PROXY_PROTOCOL_TRUSTED",
    { PROXY_PROTOCOL_TRUSTED: "10.0.0.1" },
  ],
  ["staying without pins", { FAIL_BACK: "new", OVERFLOW_PIN: "0" }, "FAIL_BACK", { OVERFLOW_PIN: "1m" }],
  ["splitting what is split", { NAT_SPLIT: "2", HASH_KEY: "client_ip_port" }, "NAT_SPLIT", { HASH_KEY: "client_ip" }],
  [
    "a body of HEAD",
    { HEALTH: "http", HEALTH_METHOD: "HEAD", HEALTH_EXPECT_BODY: "ok" },
    "HEALTH_EXPECT_BODY",
    { HEALTH_METHOD: "GET" },
  ],
  ["down for ever", { HEALTH: "off", HEALTH_INITIAL: "down" }, "HEALTH_INITIAL", { HEALTH_INITIAL: "check" }],
  ["no header to send", { HEALTH_PROXY_PROTOCOL: "true" }, "HEALTH_PROXY_PROTOCOL", { PROXY_PROTOCOL_OUT: "v1" }],
  ["ejections that shrink", { EJECT_TIME: "1m", EJECT_MAX_TIME: "59s" }, "EJECT_MAX_TIME", { EJECT_MAX_TIME: "1m" }],
  ["ejections that shrink below a default", { EJECT_TIME: "10m" }, "EJECT_MAX_TIME", { EJECT_MAX_TIME: "10m" }],
  ["open longer than alive", { SHUTDOWN_MIN: "31s" }, "SHUTDOWN_MIN", { SHUTDOWN_TIMEOUT: "31s" }],
  [
    "more points than a ring may have",
    { RING_VNODES: "10000", BACKENDS: Array.from({ length: 4 }, (_, i) => `10.0.0.${i}:1;weight=256`).join() },
    "RING_VNODES",
    { RING_VNODES: "8000" },
  ],
  ["itself as backend", { LISTEN: ":80", BACKENDS: "a=localhost:80,b=10.0.0.1:80" }, "BACKENDS", { LISTEN: ":81" }],
  [
    "itself as backend by address",
    { LISTEN: "10.0.0.1:80", BACKENDS: "a=10.0.0.1:80" },
    "BACKENDS",
    { BACKENDS: "a=10.0.0.2:80" },
  ],
];

const WARNINGS: readonly (readonly [title: string, odd: Env, where: string, right: Env])[] = [
  [
    "a unix socket without PROXY headers",
    { LISTEN: "unix:/run/l" },
    "LISTEN",
    { LISTEN: "unix:/run/l;proxy=required" },
  ],
  ["only backups", { BACKENDS: "a=x:1;backup" }, "BACKENDS", { BACKENDS: "a=x:1" }],
  ["only weight 0", { BACKENDS: "a=x:1;weight=0" }, "BACKENDS", { BACKENDS: "a=x:1;weight=0,b=x:2" }],
  ["one place twice", { BACKENDS: "a=x:1,b=X:1" }, "BACKENDS", { BACKENDS: "a=x:1,b=x:2" }],
  ["a health path of a tcp check", { BACKENDS: "a=x:1;health=/ok" }, "BACKENDS", { HEALTH: "http" }],
  ["a health port without checks", { HEALTH: "off", BACKENDS: "a=x:1;health=:2" }, "BACKENDS", { HEALTH: "tcp" }],
  [
    "source addresses of the wrong family",
    { SOURCE_ADDRESS: "::1" },
    "SOURCE_ADDRESS",
    { SOURCE_ADDRESS: "::1,10.0.0.1" },
  ],
  ["modulo", { HASH_POLICY: "modulo" }, "HASH_POLICY", { HASH_POLICY: "maglev" }],
  ["too many points", { BACKENDS: "a=x:1;weight=256", RING_VNODES: "4000" }, "RING_VNODES", { RING_VNODES: "3906" }],
  [
    "few slots",
    { HASH_POLICY: "maglev", MAGLEV_TABLE: "251", BACKENDS: "a=x:1,b=x:2,c=x:3" },
    "MAGLEV_TABLE",
    { MAGLEV_TABLE: "307" },
  ],
  ["vnodes of no ring", { HASH_POLICY: "maglev", RING_VNODES: "160" }, "RING_VNODES", { HASH_POLICY: "ring" }],
  ["a table of no maglev", { MAGLEV_TABLE: "251" }, "MAGLEV_TABLE", { HASH_POLICY: "maglev" }],
  ["pins of nothing", { OVERFLOW_PIN: "1h" }, "OVERFLOW_PIN", { BOUNDED_LOAD: "1.25" }],
  ["pins of nothing but a ceiling", { OVERFLOW_PIN: "1h" }, "OVERFLOW_PIN", { BACKEND_MAX_CONNECTIONS: "9" }],
  ["more pieces than backends", { NAT_SPLIT: "3" }, "NAT_SPLIT", { NAT_SPLIT: "2" }],
  ["a share of no split", { NAT_SPLIT_SHARE: "0.5" }, "NAT_SPLIT_SHARE", { NAT_SPLIT: "2" }],
  [
    "port blocks that tell nothing",
    { NAT_SPLIT: "2", NAT_SPLIT_KEY: "connection", NAT_PORT_BLOCK: "512" },
    "NAT_PORT_BLOCK",
    { NAT_SPLIT_KEY: "port-block" },
  ],
  ["hops that are never asked", { TRUSTED_PROXIES: "loopback" }, "TRUSTED_PROXIES", { PROXY_PROTOCOL_IN: "optional" }],
  [
    "PROXY headers of everybody",
    { PROXY_PROTOCOL_IN: "optional", PROXY_PROTOCOL_TRUSTED: "0.0.0.0/0" },
    "PROXY_PROTOCOL_TRUSTED",
    { PROXY_PROTOCOL_TRUSTED: "10.0.0.0/8" },
  ],
  ["an HTTP path of a tcp check", { HEALTH_PATH: "/ok" }, "HEALTH_PATH", { HEALTH: "http" }],
  ["an interval without checks", { HEALTH: "off", HEALTH_INTERVAL: "5s" }, "HEALTH_INTERVAL", { HEALTH: "tcp" }],
  ["slow checks", { HEALTH_TIMEOUT: "3s" }, "HEALTH_TIMEOUT", { HEALTH_INTERVAL: "3s" }],
  ["a slow fast interval", { HEALTH_FAST_INTERVAL: "3s" }, "HEALTH_FAST_INTERVAL", { HEALTH_INTERVAL: "3s" }],
  ["no eyes at all", { HEALTH: "off", PASSIVE: "no" }, "PASSIVE", { HEALTH: "tcp" }],
  ["failures that are not counted", { PASSIVE: "no", PASSIVE_FAILURES: "9" }, "PASSIVE_FAILURES", { PASSIVE: "yes" }],
  ["a pause before no retry", { RETRIES: "0", RETRY_DELAY: "1s" }, "RETRY_DELAY", { RETRIES: "1" }],
  ["never quiet", { SHUTDOWN_QUIET: "18s" }, "SHUTDOWN_QUIET", { SHUTDOWN_QUIET: "17s" }],
  [
    "a limit above the limit",
    { MAX_CONNECTIONS: "10", MAX_CONNECTIONS_PER_CLIENT: "11" },
    "MAX_CONNECTIONS_PER_CLIENT",
    { MAX_CONNECTIONS: "11" },
  ],
  ["a queue for nothing", { QUEUE: "5" }, "QUEUE", { BACKEND_MAX_CONNECTIONS: "9" }],
  ["waiting without a queue", { QUEUE_TIMEOUT: "5s" }, "QUEUE_TIMEOUT", { ON_DOWN: "wait" }],
  [
    "a format of no log",
    { ACCESS_LOG: "off", ACCESS_LOG_FORMAT: "logfmt" },
    "ACCESS_LOG_FORMAT",
    { ACCESS_LOG: "stderr" },
  ],
  [
    "slow of no interest",
    { ACCESS_LOG_ALWAYS: "errors", ACCESS_LOG_SLOW: "5s" },
    "ACCESS_LOG_SLOW",
    { ACCESS_LOG_ALWAYS: "slow" },
  ],
  ["a backlog of an inherited socket", { LISTEN: "fd:3", LISTEN_BACKLOG: "9" }, "LISTEN_BACKLOG", { LISTEN: ":1" }],
];

describe("contradictions", () => {
  for (const [title, wrong, where, right] of ERRORS) {
    it(`refuses ${title}, and only that`, () => {
      const found = problemsOf(wrong);
      expect(found.map((problem) => problem.where)).to.deep.equal([`LENGKET_${where}`]);
      expect(found[0]?.problem).to.match(/\S/);
      expect(found[0]?.hint).to.match(/\S/);
      expect(() => configure({ ...wrong, ...right })).to.not.throw();
    });
  }

  it("refuses REUSE_PORT on a Node that cannot do it", () => {
    const on = (nodeVersion: string) => () => configure({ REUSE_PORT: "true" }, { nodeVersion });
    expect(problemsOf({ REUSE_PORT: "true" }, { nodeVersion: "20.20.2" })[0]).to.deep.equal({
      where: "LENGKET_REUSE_PORT",
      value: "true",
      problem: "needs Node 22.12 or newer, this is 20.20.2",
      hint: "use a newer Node, or LENGKET_REUSE_PORT=false",
    });
    expect(on("22.11.9")).to.throw();
    expect(on("22.12.0")).to.not.throw();
    expect(on("24.0.0")).to.not.throw();
  });

  it("trusts whoever may open the path of a unix socket", () => {
    expect(() => configure({ LISTEN: "unix:/run/l;proxy=required" })).to.not.throw();
  });

  it("leaves out checks that depend on a setting that could not be read", () => {
    expect(problemsOf({ SHUTDOWN_MIN: "1h", SHUTDOWN_TIMEOUT: "2 h" }).map(({ where }) => where)).to.deep.equal([
      "LENGKET_SHUTDOWN_TIMEOUT",
    ]);
    expect(problemsOf({ BACKENDS: "x" }).map(({ where }) => where)).to.deep.equal(["LENGKET_BACKENDS[0]"]);
  });
});

describe("warnings", () => {
  for (const [title, odd, where, right] of WARNINGS) {
    it(`warn of ${title}`, () => {
      const found = configure(odd).warnings.filter((warning) => warning.where === `LENGKET_${where}`);
      expect(found).to.have.lengthOf(1);
      expect(found[0]?.hint).to.match(/\S/);
      const after = configure({ TRUSTED_PROXIES: "", ...odd, ...right, ...trustIfNeeded(right) }).warnings;
      expect(after.map((warning) => warning.where)).to.not.include(`LENGKET_${where}`);
    });
  }

  it("do not come for the defaults, nor for a default that is written out", () => {
    expect(configure({}).warnings).to.deep.equal([]);
    expect(configure({ MAGLEV_TABLE: "65537", QUEUE_TIMEOUT: "1s", HEALTH_PATH: "/" }).warnings).to.deep.equal([]);
  });

  it("do not come for HALF_CLOSED_TIMEOUT without HALF_OPEN: what was sent before the end still has that long", () => {
    expect(configure({ HALF_OPEN: "no", HALF_CLOSED_TIMEOUT: "5s" }).warnings).to.deep.equal([]);
  });

  it("say what makes a setting idle", () => {
    expect(configure({ QUEUE_TIMEOUT: "5s" }).warnings).to.deep.equal([
      {
        where: "LENGKET_QUEUE_TIMEOUT",
        value: "5s",
        problem: "no effect while LENGKET_QUEUE is 0 and LENGKET_ON_DOWN is rehash",
        hint: "set LENGKET_QUEUE=1000, or LENGKET_ON_DOWN=wait",
      },
    ]);
  });

  it("know that only one of two lists of hops is used", () => {
    const both = { PROXY_PROTOCOL_IN: "required", TRUSTED_PROXIES: "loopback", PROXY_PROTOCOL_TRUSTED: "10.0.0.1" };
    expect(configure(both).warnings.map(({ where }) => where)).to.deep.equal(["LENGKET_TRUSTED_PROXIES"]);
  });

  it("keep quiet about two good backends", () => {
    expect(
      configure({ BACKENDS: TWO_BACKENDS, HEALTH: "http", HEALTH_PATH: "/ok", HEALTH_EXPECT: "200" }).warnings,
    ).to.deep.equal([]);
  });
});

/** Turning PROXY headers on needs somebody to trust. */
function trustIfNeeded(right: Env): Env {
  return right["PROXY_PROTOCOL_IN"] === undefined ? {} : { TRUSTED_PROXIES: "loopback" };
}
