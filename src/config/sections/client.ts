import { setting } from "../setting.ts";
import { cidrList } from "../types/cidr.ts";
import { duration } from "../types/duration.ts";
import { PROXY_PROTOCOL_IN } from "../types/listen.ts";
import { oneOf } from "../types/words.ts";

const section = "Who is the client";

/** Whose address counts, and who may come in. */
export const client = {
  trustedProxies: setting(cidrList(), {
    name: "TRUSTED_PROXIES",
    section,
    default: "",
    unset: "nobody",
    example: "10.0.0.0/8, loopback",
    meaning: "hops that are believed when they say who the client is",
    live: true,
  }),
  proxyProtocolIn: setting(oneOf(...PROXY_PROTOCOL_IN), {
    name: "PROXY_PROTOCOL_IN",
    section,
    default: "off",
    example: "required",
    meaning: "PROXY protocol v1 and v2 from trusted hops, unless a listener says proxy=",
    live: false,
  }),
  proxyProtocolTrusted: setting(cidrList(), {
    name: "PROXY_PROTOCOL_TRUSTED",
    section,
    default: "",
    unset: "as TRUSTED_PROXIES",
    example: "10.0.0.5, 10.0.0.6",
    meaning: "hops whose PROXY header is believed",
    live: true,
  }),
  proxyProtocolTimeoutMs: setting(duration({ min: "10ms", max: "5m" }), {
    name: "PROXY_PROTOCOL_TIMEOUT",
    section,
    default: "3s",
    example: "10s",
    meaning: "the PROXY header must be complete by then",
    live: false,
  }),
  proxyProtocolOut: setting(oneOf("off", "v1", "v2"), {
    name: "PROXY_PROTOCOL_OUT",
    section,
    default: "off",
    example: "v2",
    meaning: "PROXY header sent to backends",
    live: false,
  }),
  allow: setting(cidrList(), {
    name: "ALLOW",
    section,
    default: "",
    unset: "everybody",
    example: "10.0.0.0/8, 2001:db8::/32",
    meaning: "clients that may connect",
    live: true,
  }),
  deny: setting(cidrList(), {
    name: "DENY",
    section,
    default: "",
    unset: "nobody",
    example: "203.0.113.0/24",
    meaning: "clients that may not connect; stronger than ALLOW",
    live: true,
  }),
};
