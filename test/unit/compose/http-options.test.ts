import { expect } from "chai";
import { httpOptions } from "../../../src/compose/http-options.ts";
import type { HttpOptions } from "../../../src/path/http/options.ts";
import { configure } from "../../support/configure.ts";

const options = (settings: Record<string, string>): HttpOptions => httpOptions(configure(settings).settings);

describe("httpOptions", () => {
  it("are these when nothing is set", () => {
    expect(options({ MODE: "http" })).to.deep.equal({
      requestHead: { maxStartLineBytes: 8192, maxHeadBytes: 16_384, maxFields: 100 },
      responseHead: { maxStartLineBytes: 8192, maxHeadBytes: 32_768, maxFields: 200 },
      body: { maxChunkLineBytes: 1024, maxExtensionBytes: 16_384, maxTrailerBytes: 8192, maxTrailerFields: 64 },
      headTimeoutMs: 10_000,
      keepAliveTimeoutMs: 60_000,
      responseTimeoutMs: 0,
      upgradeIdleTimeoutMs: 3_600_000,
      upstream: { reuse: "shared", idlePerBackend: 64, idleTimeoutMs: 30_000, maxRequests: 0 },
      affinity: {
        mode: "insert",
        cookie: {
          name: "lengket",
          path: "/",
          domain: undefined,
          secure: "auto",
          httpOnly: true,
          sameSite: "lax",
          partitioned: false,
          maxAgeS: 0,
        },
        value: "opaque",
        idleMs: 0,
        lifeMs: 0,
        hide: true,
        noCache: true,
        preserve: false,
        invalid: "repin",
        drainCookies: true,
        newSession: "least_conn",
        newSessionHintMs: 2000,
        learnFrom: [{ kind: "cookie", name: "lengket" }],
        learnLookup: [{ kind: "cookie", name: "lengket" }],
        learnTtlMs: 3_600_000,
        learnMax: 100_000,
        routeSeparator: ".",
        hashKey: undefined,
      },
      forwardedHeader: "x-forwarded-for",
      forwardedOut: "append",
      realIpHeader: undefined,
    });
  });

  it("are each changed by its setting, and by no other", () => {
    const texts = {
      MODE: "http",
      HTTP_HEAD_TIMEOUT: "1s",
      HTTP_KEEPALIVE_TIMEOUT: "2s",
      HTTP_RESPONSE_TIMEOUT: "3s",
      UPGRADE_IDLE_TIMEOUT: "4s",
      UPSTREAM_REUSE: "client",
      UPSTREAM_IDLE: "5",
      UPSTREAM_IDLE_TIMEOUT: "6s",
      UPSTREAM_MAX_REQUESTS: "7",
      COOKIE_NAME: "n",
      COOKIE_PATH: "/p",
      COOKIE_DOMAIN: "d.example",
      COOKIE_SECURE: "on",
      COOKIE_HTTPONLY: "no",
      COOKIE_SAMESITE: "none",
      COOKIE_PARTITIONED: "yes",
      COOKIE_MAX_AGE: "8m",
      COOKIE_IDLE: "9s",
      COOKIE_LIFE: "10s",
      COOKIE_VALUE: "id",
      COOKIE_HIDE: "no",
      COOKIE_NOCACHE: "no",
      COOKIE_PRESERVE: "yes",
      COOKIE_INVALID: "reject",
      DRAIN_COOKIES: "no",
      NEW_SESSION: "p2c",
      NEW_SESSION_HINT: "11s",
      LEARN_FROM: "header:From",
      LEARN_LOOKUP: "query:Look",
      LEARN_TTL: "12s",
      LEARN_MAX: "13",
      ROUTE_SEPARATOR: "!",
      HASH_KEY: "cookie:Key",
      FORWARDED_HEADER: "forwarded",
      FORWARDED_OUT: "replace",
      REAL_IP_HEADER: "True-Client-IP",
      TRUSTED_PROXIES: "loopback",
    };
    const found = options(texts);
    expect(found).to.deep.include({
      headTimeoutMs: 1000,
      keepAliveTimeoutMs: 2000,
      responseTimeoutMs: 3000,
      upgradeIdleTimeoutMs: 4000,
      upstream: { reuse: "client", idlePerBackend: 5, idleTimeoutMs: 6000, maxRequests: 7 },
      forwardedHeader: "forwarded",
      forwardedOut: "replace",
      realIpHeader: "true-client-ip",
    });
    expect(found.affinity).to.deep.equal({
      mode: "insert",
      cookie: {
        name: "n",
        path: "/p",
        domain: "d.example",
        secure: "on",
        httpOnly: false,
        sameSite: "none",
        partitioned: true,
        maxAgeS: 480,
      },
      value: "id",
      idleMs: 9000,
      lifeMs: 10_000,
      hide: false,
      noCache: false,
      preserve: true,
      invalid: "reject",
      drainCookies: false,
      newSession: "p2c",
      newSessionHintMs: 11_000,
      learnFrom: [{ kind: "header", name: "from" }],
      learnLookup: [{ kind: "query", name: "Look" }],
      learnTtlMs: 12_000,
      learnMax: 13,
      routeSeparator: "!",
      hashKey: { kind: "cookie", name: "Key" },
    });
  });

  it("hash the client's address for both words that say so", () => {
    for (const HASH_KEY of ["client_ip", "client_ip_port"])
      expect(options({ MODE: "http", COOKIE_MODE: "off", HASH_KEY }).affinity.hashKey).to.equal(undefined);
  });

  it("let a smaller limit hold for requests only, and a larger one for answers too", () => {
    const small = options({ MODE: "http", HTTP_MAX_HEAD: "4KiB", HTTP_MAX_HEADERS: "10" });
    expect(small.requestHead).to.deep.equal({ maxStartLineBytes: 4096, maxHeadBytes: 4096, maxFields: 10 });
    expect(small.responseHead).to.deep.equal({ maxStartLineBytes: 8192, maxHeadBytes: 32_768, maxFields: 200 });
    const large = options({ MODE: "http", HTTP_MAX_HEAD: "64KiB", HTTP_MAX_HEADERS: "500" });
    expect(large.requestHead).to.deep.equal({ maxStartLineBytes: 8192, maxHeadBytes: 65_536, maxFields: 500 });
    expect(large.responseHead).to.deep.equal({ maxStartLineBytes: 8192, maxHeadBytes: 65_536, maxFields: 500 });
  });
});
