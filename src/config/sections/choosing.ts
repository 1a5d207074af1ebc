import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { duration } from "../types/duration.ts";
import { hashKey } from "../types/field-source.ts";
import { decimal, integer, prime } from "../types/number.ts";
import { oneOf } from "../types/words.ts";

const section = "Choosing a backend";

/** Which backend a client gets. */
export const choosing = {
  hashPolicy: setting(oneOf("ring", "rendezvous", "maglev", "modulo"), {
    name: "HASH_POLICY",
    section,
    default: "ring",
    example: "rendezvous",
    meaning: "the hash table; modulo is only for comparison",
    live: false,
  }),
  hashKey: setting(hashKey(), {
    name: "HASH_KEY",
    section,
    default: "client_ip",
    example: "header:x-tenant",
    meaning: "what is hashed; client_ip_port spreads every connection and is not sticky; the last three are for http",
    live: false,
  }),
  hashSeed: setting(integer({ min: 0, max: 4_294_967_295 }), {
    name: "HASH_SEED",
    section,
    default: "0",
    example: "7",
    meaning: "another number is another placement; must be the same on all replicas",
    live: false,
  }),
  ringVnodes: setting(integer({ min: 1, max: 10_000 }), {
    name: "RING_VNODES",
    section,
    default: "1024",
    example: "160",
    meaning: "virtual nodes per unit of weight (ring); more is more even",
    live: false,
  }),
  maglevTable: setting(prime({ min: 251, max: 5_000_011 }), {
    name: "MAGLEV_TABLE",
    section,
    default: "65537",
    example: "655373",
    meaning: "slots of the table (maglev); at least 100 per backend",
    live: false,
  }),
  clientPrefixV4: setting(integer({ min: 1, max: 32 }), {
    name: "CLIENT_PREFIX_V4",
    section,
    default: "32",
    example: "24",
    meaning: "bits of an IPv4 address that count",
    live: false,
  }),
  clientPrefixV6: setting(integer({ min: 1, max: 128 }), {
    name: "CLIENT_PREFIX_V6",
    section,
    default: "64",
    example: "56",
    meaning: "bits of an IPv6 address that count; privacy addresses change inside a /64",
    live: false,
  }),
  boundedLoad: setting(decimal({ min: 1.01, max: 100, zero: "off" }), {
    name: "BOUNDED_LOAD",
    section,
    default: "0",
    example: "1.25",
    meaning: "no backend gets more open connections than this factor of its fair share",
    live: false,
  }),
  overflowPinMs: setting(duration({ min: "1s", zero: "decide anew each time" }), {
    name: "OVERFLOW_PIN",
    section,
    default: "10m",
    example: "1h",
    meaning: "a client that was moved stays there while it has connections and this long after",
    live: false,
  }),
  natSplit: setting(integer({ min: 2, max: 1024, zero: "off" }), {
    name: "NAT_SPLIT",
    section,
    default: "0",
    example: "3",
    meaning: "an address that carries more than NAT_SPLIT_SHARE is spread over its first k backends",
    live: false,
  }),
  natSplitShare: setting(decimal({ min: 0.01, max: 1000 }), {
    name: "NAT_SPLIT_SHARE",
    section,
    default: "1.0",
    example: "0.5",
    meaning: "when an address is heavy, in fair shares of one backend",
    live: false,
  }),
  natSplitKey: setting(oneOf("port-block", "connection"), {
    name: "NAT_SPLIT_KEY",
    section,
    default: "port-block",
    example: "connection",
    meaning: "what tells clients of one address apart: the block of source ports, or nothing",
    live: false,
  }),
  natPortBlock: setting(integer({ min: 1, max: 32_768 }), {
    name: "NAT_PORT_BLOCK",
    section,
    default: "1024",
    example: "512",
    meaning: "ports in a block, as the carrier's NAT gives them out",
    live: false,
  }),
  newSession: setting(optional(oneOf("hash", "least_conn", "p2c", "round_robin")), {
    name: "NEW_SESSION",
    section,
    default: "",
    unset: "least_conn with COOKIE_MODE insert, prefix, route or learn; else hash",
    example: "p2c",
    meaning: "http: how a client without a session gets its backend; hash brings the skew of shared addresses back",
    live: false,
  }),
  newSessionHintMs: setting(duration({ min: "10ms", max: "1m", zero: "off" }), {
    name: "NEW_SESSION_HINT",
    section,
    default: "2s",
    example: "5s",
    meaning: "http: first requests that one browser sends in parallel within this time get the same backend",
    live: false,
  }),
  onDown: setting(oneOf("rehash", "reject", "wait"), {
    name: "ON_DOWN",
    section,
    default: "rehash",
    example: "reject",
    meaning: "when a client's backend is unavailable: use the next, refuse, or wait up to QUEUE_TIMEOUT",
    live: false,
  }),
  failBack: setting(oneOf("now", "new"), {
    name: "FAIL_BACK",
    section,
    default: "now",
    example: "new",
    meaning: "when it is back: its clients return with their next connection, or stay for OVERFLOW_PIN",
    live: false,
  }),
};
