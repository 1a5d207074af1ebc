import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { cidrList } from "../types/cidr.ts";
import { duration } from "../types/duration.ts";
import { addressHeader } from "../types/header-name.ts";
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
  forwardedHeader: setting(oneOf("x-forwarded-for", "forwarded", "none"), {
    name: "FORWARDED_HEADER",
    section,
    default: "x-forwarded-for",
    example: "forwarded",
    meaning: "http: read from trusted hops, right to left; also the kind of header that backends get",
    live: false,
  }),
  realIpHeader: setting(optional(addressHeader()), {
    name: "REAL_IP_HEADER",
    section,
    default: "",
    unset: "none",
    example: "cf-connecting-ip",
    meaning: "http: header in which a trusted hop, such as a CDN, names the client alone",
    live: false,
  }),
  forwardedOut: setting(oneOf("append", "replace", "off"), {
    name: "FORWARDED_OUT",
    section,
    default: "append",
    example: "replace",
    meaning: "http: backends get the trusted hops and us, the client alone, or the headers as they came",
    live: false,
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
