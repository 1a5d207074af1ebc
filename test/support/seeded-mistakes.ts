/** A mistake in one variable, and what a report must say about it. */
export interface SeededMistake {
  readonly variable: string;
  readonly value: string;
  /** How the report names it. */
  readonly where: string;
  /** What the report quotes; undefined when the value must not be shown. */
  readonly shown: string | undefined;
  /** Part of what is wrong, with what is allowed. */
  readonly problem: string;
  /** Part of what to do. */
  readonly hint: string;
}

function mistake(name: string, value: string, problem: string, hint: string): SeededMistake {
  const variable = `LENGKET_${name}`;
  return { variable, value, where: variable, shown: value, problem, hint };
}

/** A mistake in the element `index` of a list. */
function inList(name: string, list: readonly string[], index: number, problem: string, hint: string): SeededMistake {
  const at = { where: `LENGKET_${name}[${index}]`, shown: list[index] };
  return { ...mistake(name, list.join(","), problem, hint), ...at };
}

const BACKENDS = [
  "app1=10.0.0.11:3000",
  "app2=10.0.0.12",
  "app3=http://10.0.0.13:3000",
  "app4=10.0.0.14:3000;weight=300",
  "app5=10.0.0.15:3000;wieght=3",
  "app1=10.0.0.16:3000",
  "app7=10.0.0.256:3000",
  "app8=2001:db8::8:3000",
] as const;

/** Mistakes that people make, all in one environment. Every name appears once, BACKENDS once an element. */
export const SEEDED_MISTAKES: readonly SeededMistake[] = [
  inList("LISTEN", [":80", "8081"], 1, "not an address", "did you mean :8081?"),
  mistake("MODE", "htpp", "not one of tcp, http", 'did you mean "http"?'),
  mistake("LISTEN_BACKLOG", "0", "not a whole number from 1 to 65535", "e.g. LENGKET_LISTEN_BACKLOG=1024"),
  mistake("REUSE_PORT", "ture", "not one of true, false, 1, 0, yes, no, on, off", 'did you mean "true"?'),
  mistake("TCP_KEEPALIVE", "30", "a duration needs a unit: ms, s, m, h or d", "write 30s, or 30ms"),
  inList("BACKENDS", BACKENDS, 1, "port missing", "write host:port, e.g. app2=10.0.0.12:3000"),
  inList("BACKENDS", BACKENDS, 2, "http:// is not wanted here", "write app3=10.0.0.13:3000"),
  inList("BACKENDS", BACKENDS, 3, "weight is not a whole number from 0 to 256", "write e.g. weight=2"),
  inList("BACKENDS", BACKENDS, 4, "only weight, backup, max, health are allowed", "did you mean weight?"),
  inList("BACKENDS", BACKENDS, 5, 'the id "app1" is already used by [0]', "give it another id"),
  inList("BACKENDS", BACKENDS, 6, "not an IP address and not a host name", "write e.g. app7=10.0.0.13:3000"),
  inList("BACKENDS", BACKENDS, 7, "an IPv6 address with a port needs brackets", "write app8=[2001:db8::8]:3000"),
  mistake("HASH_POLICY", "rng", "not one of ring, rendezvous, maglev, modulo", 'did you mean "ring"?'),
  mistake("HASH_SEED", "-1", "not a whole number from 0 to 4294967295", "e.g. LENGKET_HASH_SEED=7"),
  mistake("RING_VNODES", "99999", "not a whole number from 1 to 10000", "e.g. LENGKET_RING_VNODES=160"),
  mistake("MAGLEV_TABLE", "65536", "not a prime number", "did you mean 65537?"),
  mistake("CLIENT_PREFIX_V4", "/24", "not a whole number from 1 to 32", "e.g. LENGKET_CLIENT_PREFIX_V4=24"),
  mistake("BOUNDED_LOAD", "0.5", "not a number from 1.01 to 100, or 0 (off)", "e.g. LENGKET_BOUNDED_LOAD=1.25"),
  mistake("OVERFLOW_PIN", "10 min", "not a duration of 1s to 24d", "write a number and its unit"),
  mistake("ON_DOWN", "rehsh", "not one of rehash, reject, wait", 'did you mean "rehash"?'),
  inList(
    "TRUSTED_PROXIES",
    ["loopback", "10.1.2.3/8"],
    1,
    "has bits set after the first 8",
    "did you mean 10.0.0.0/8?",
  ),
  mistake("PROXY_PROTOCOL_IN", "requried", "not one of off, optional, required", 'did you mean "required"?'),
  inList("ALLOW", ["0x7f.1"], 0, "not an address, a CIDR block, or one of loopback", "write e.g. 10.0.0.0/8"),
  inList("DENY", ["loopbak"], 0, "not an address, a CIDR block, or one of loopback", 'did you mean "loopback"?'),
  mistake("HEALTH", "htpp", "not one of tcp, http, off", 'did you mean "http"?'),
  mistake(
    "HEALTH_PATH",
    "ready",
    "not a path of visible ASCII characters that starts with /",
    "e.g. LENGKET_HEALTH_PATH=/ready",
  ),
  inList("HEALTH_EXPECT", ["2xx"], 0, "not a status code or a range from 100 to 599", "did you mean 200-299?"),
  mistake("EJECT_MAX_TIME", "1s", "shorter than LENGKET_EJECT_TIME", "make it at least as long"),
  mistake("RETRIES", "two", "not a whole number from 0 to 100", "e.g. LENGKET_RETRIES=3"),
  mistake("SHUTDOWN_MIN", "2m", "longer than LENGKET_SHUTDOWN_TIMEOUT", "make LENGKET_SHUTDOWN_TIMEOUT longer"),
  mistake("RATE_PER_CLIENT", "20 per second", "not a rate: off, or N/s, N/m, N/h", "write e.g. 20/s burst 40"),
  mistake("BUFFER", "64KB", "KB, MB and GB are ambiguous", "did you mean 64KiB?"),
  mistake("ACCESS_LOG", "stdot", "not one of stdout, stderr, off, a path with a slash", 'did you mean "stdout"?'),
  mistake("ACCESS_LOG_SAMPLE", "10%", "not a number from 0 to 1", "e.g. LENGKET_ACCESS_LOG_SAMPLE=0.01"),
  mistake("NEW_SESSION", "leastconn", "not one of hash, least_conn, p2c, round_robin", 'did you mean "least_conn"?'),
  mistake("NEW_SESSION_HINT", "2", "a duration needs a unit: ms, s, m, h or d", "write 2s, or 2ms"),
  mistake("COOKIE_MODE", "inser", "not one of insert, passive, prefix, route, learn, off", 'did you mean "insert"?'),
  mistake("COOKIE_NAME", "my cookie", "not a cookie name: 1 to 256 letters, digits and", "write e.g. lengket"),
  mistake("COOKIE_PATH", "shop", "not visible ASCII characters but ; after a /", "did you mean /shop?"),
  mistake("COOKIE_DOMAIN", ".example.com", "not a domain name", "did you mean example.com?"),
  mistake("COOKIE_SAMESITE", "laxx", "not one of lax, strict, none", 'did you mean "lax"?'),
  mistake("COOKIE_MAX_AGE", "1500ms", "not a whole number of seconds", "did you mean 2s?"),
  mistake("COOKIE_IDLE", "30", "a duration needs a unit: ms, s, m, h or d", "write 30s, or 30ms"),
  {
    ...inList("COOKIE_SECRET", ["hunter2"], 0, "shorter than 32 bytes", "make one: openssl rand -base64 32"),
    shown: undefined,
  },
  inList(
    "LEARN_FROM",
    ["cookie:sid", "query:sid"],
    1,
    "not one of cookie:NAME, header:NAME",
    "an answer has no query; that is for LENGKET_LEARN_LOOKUP",
  ),
  inList("LEARN_LOOKUP", ["PHPSESSID"], 0, "not one of cookie:NAME, header:NAME, query:NAME", "cookie:PHPSESSID?"),
  mistake("HASH_KEY", "haeder:x-tenant", "not one of header:NAME, cookie:NAME, query:NAME", 'did you mean "header"?'),
  mistake("UPSTREAM_REUSE", "share", "not one of never, client, shared", 'did you mean "shared"?'),
  mistake("FORWARDED_HEADER", "xforwarded-for", "not one of x-forwarded-for, forwarded, none", '"x-forwarded-for"?'),
  mistake("REAL_IP_HEADER", "X-Forwarded-For", "this header holds a list of addresses", "LENGKET_FORWARDED_HEADER="),
  mistake("HTTP_MAX_HEAD", "16KB", "KB, MB and GB are ambiguous", "did you mean 16KiB?"),
  mistake("HTTP_MAX_HEADERS", "5", "not a whole number from 10 to 10000", "e.g. LENGKET_HTTP_MAX_HEADERS=200"),
  {
    ...mistake("IDLE_TIMEOT", "hunter2", "unknown variable in the environment", "did you mean LENGKET_IDLE_TIMEOUT?"),
    shown: undefined,
  },
];

/** Mistakes that show only together with what is right: in http mode, with {@link HTTP_SURROUNDINGS}. */
export const SEEDED_HTTP_MISTAKES: readonly SeededMistake[] = [
  { ...mistake("BACKENDS", "app1=10.0.0.1:1,büro=10.0.0.2:1", "cannot stand in a cookie", "ASCII"), shown: "büro" },
  mistake("COOKIE_NAME", "__Host-lengket", "that is not Secure", "set LENGKET_COOKIE_SECURE=auto"),
  mistake("COOKIE_PATH", "/shop", "a path other than /", "set LENGKET_COOKIE_PATH=/"),
  mistake("COOKIE_DOMAIN", "shop.example", "whose name begins with __Host-", "leave the domain out"),
  mistake("COOKIE_SAMESITE", "none", "that is not Secure", "set LENGKET_COOKIE_SECURE=auto"),
  mistake("COOKIE_PARTITIONED", "yes", "that is not Secure", "set LENGKET_COOKIE_SECURE=auto"),
  mistake("COOKIE_SECRET_FILE", "/run/secrets/cookie", "there is no such file", "check the path"),
  mistake("UPSTREAM_REUSE", "shared", "names one client for a whole connection", "set LENGKET_UPSTREAM_REUSE=client"),
  mistake("REAL_IP_HEADER", "cf-connecting-ip", "LENGKET_TRUSTED_PROXIES is empty", "LENGKET_TRUSTED_PROXIES=10"),
];

/** Settings that are right by themselves. */
const HTTP_SURROUNDINGS: Readonly<Record<string, string>> = {
  LENGKET_MODE: "http",
  LENGKET_COOKIE_VALUE: "id",
  LENGKET_COOKIE_SECURE: "off",
  LENGKET_PROXY_PROTOCOL_OUT: "v2",
};

/** The environment that holds {@link SEEDED_MISTAKES}. */
export function seededEnvironment(): Record<string, string> {
  return environmentOf(SEEDED_MISTAKES);
}

/** The environment that holds {@link SEEDED_HTTP_MISTAKES}. */
export function seededHttpEnvironment(): Record<string, string> {
  return { ...HTTP_SURROUNDINGS, ...environmentOf(SEEDED_HTTP_MISTAKES) };
}

function environmentOf(mistakes: readonly SeededMistake[]): Record<string, string> {
  return Object.fromEntries(mistakes.map(({ variable, value }) => [variable, value]));
}
