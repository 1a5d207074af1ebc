import type { HashPolicy } from "../../model/hash-table.ts";
import type { PeerPolicy } from "../peers/peer-policy.ts";
import type { ComparedPolicy, PolicyKind } from "./compared-policy.ts";
import { balanceFactor, type PolicyOptions } from "./policy-options.ts";

/** What a policy of ours asks of the data path. */
export interface OwnRules {
  readonly by: "data-path";
  readonly table: HashPolicy;
  readonly bounded: boolean;
  readonly pinned: boolean;
  readonly split: boolean;
  /** A cookie of ours, and least connections for those who have none. */
  readonly cookie: boolean;
}

/** Which model of another program is asked. */
export interface PeerRules {
  readonly by: "model";
  readonly peer: PeerPolicy;
  readonly bounded: boolean;
}

/** A policy, and how it is made. */
export interface PolicyDefinition {
  readonly name: string;
  readonly title: string;
  readonly kind: PolicyKind;
  readonly program: string;
  readonly rules: OwnRules | PeerRules;
  configuration(options: PolicyOptions): readonly string[];
}

const TABLES = ["ring", "rendezvous", "maglev", "modulo"] as const;

const hashed = (table: HashPolicy): string => `LENGKET_HASH_POLICY=${table}`;
const bound = ({ boundedLoad }: PolicyOptions): string => `LENGKET_BOUNDED_LOAD=${boundedLoad}`;

/** As a setting is written. */
function duration(ms: number): string {
  if (ms === 0) return "0";
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms}ms`;
}

function ours(
  name: string,
  title: string,
  kind: PolicyKind,
  rules: Partial<Omit<OwnRules, "by">>,
  configuration: PolicyDefinition["configuration"],
): PolicyDefinition {
  const plain: OwnRules = {
    by: "data-path",
    table: "ring",
    bounded: false,
    pinned: false,
    split: false,
    cookie: false,
  };
  return { name, title, kind, program: "Lengket", rules: { ...plain, ...rules }, configuration };
}

function theirs(peer: PeerPolicy, title: string, program: string, lines: readonly string[]): PolicyDefinition {
  const rules: PeerRules = { by: "model", peer, bounded: false };
  return { name: peer, title, kind: "address", program, rules, configuration: () => lines };
}

/** All policies, ours first; a function, so that importing it costs nothing. */
export function policyDefinitions(): readonly PolicyDefinition[] {
  const [nginx, haproxy, envoy] = ["nginx 1.22.1", "HAProxy 2.6.12", "Envoy (main branch of 2025)"];
  const envoySource = "hash_policy: { source_ip: {} }";
  return [
    ...TABLES.map((table) => ours(table, table, "address", { table }, () => [hashed(table)])),
    ours("bounded-load", "bounded load", "bounded", { bounded: true }, (options) => [
      hashed("ring"),
      bound(options),
      "LENGKET_OVERFLOW_PIN=0",
    ]),
    ours("bounded-load-pinned", "bounded load, pinned", "bounded", { bounded: true, pinned: true }, (options) => [
      hashed("ring"),
      bound(options),
      `LENGKET_OVERFLOW_PIN=${duration(options.overflowPinMs)}`,
    ]),
    ours("nat-split", "NAT split", "bounded", { split: true }, ({ natSplit }) => [
      hashed("ring"),
      `LENGKET_NAT_SPLIT=${natSplit.over}`,
      `LENGKET_NAT_SPLIT_SHARE=${natSplit.share}`,
      "LENGKET_NAT_SPLIT_KEY=connection",
    ]),
    ours("sticky-cookie", "sticky cookie", "cookie", { cookie: true }, () => [
      "LENGKET_MODE=http",
      "LENGKET_COOKIE_MODE=insert",
      "LENGKET_NEW_SESSION=least_conn",
    ]),
    theirs("nginx-ip-hash", "nginx ip_hash", nginx, ["ip_hash;"]),
    theirs("nginx-hash", "nginx hash", nginx, ["hash $remote_addr;"]),
    theirs("nginx-hash-consistent", "nginx hash consistent", nginx, ["hash $remote_addr consistent;"]),
    theirs("haproxy-map-based", "HAProxy source", haproxy, ["balance source"]),
    theirs("haproxy-consistent", "HAProxy source consistent", haproxy, ["balance source", "hash-type consistent"]),
    {
      name: "haproxy-bounded-load",
      title: "HAProxy bounded load",
      kind: "bounded",
      program: haproxy,
      rules: { by: "model", peer: "haproxy-consistent", bounded: true },
      configuration: (options) => [
        "balance source",
        "hash-type consistent",
        `hash-balance-factor ${balanceFactor(options)}`,
      ],
    },
    theirs("envoy-ring-hash", "Envoy ring hash", envoy, ["lb_policy: RING_HASH", envoySource]),
    theirs("envoy-maglev", "Envoy Maglev", envoy, ["lb_policy: MAGLEV", envoySource]),
    theirs("ipvs-sh", "IPVS source hashing", "IPVS (Linux 4.7 and later)", ["ipvsadm --add-service … --scheduler sh"]),
  ];
}

/** What is told of a policy under these options. */
export function describePolicy(definition: PolicyDefinition, options: PolicyOptions): ComparedPolicy {
  const { name, title, kind, program } = definition;
  return Object.freeze({ name, title, kind, program, configuration: Object.freeze(definition.configuration(options)) });
}
