import { exhaustive } from "../../model/failure.ts";
import { EnvoyMaglev } from "./envoy-maglev.ts";
import { EnvoyRingHash } from "./envoy-ring-hash.ts";
import { HaproxyConsistent } from "./haproxy-consistent.ts";
import { HaproxyMapBased } from "./haproxy-map-based.ts";
import { IpvsSourceHash } from "./ipvs-source-hash.ts";
import { NginxHash } from "./nginx-hash.ts";
import { NginxHashConsistent } from "./nginx-hash-consistent.ts";
import { NginxIpHash } from "./nginx-ip-hash.ts";
import type { PeerServer, Placement } from "./peer.ts";
import { PlainModulo } from "./plain-modulo.ts";

/** What a user may call the peers' methods, with the version that is modelled and the line of its configuration. */
export const peerPolicies = Object.freeze({
  "nginx-ip-hash": "nginx 1.22.1, ip_hash",
  "nginx-hash": "nginx 1.22.1, hash $remote_addr",
  "nginx-hash-consistent": "nginx 1.22.1, hash $remote_addr consistent",
  "haproxy-map-based": "HAProxy 2.6.12, balance source",
  "haproxy-consistent": "HAProxy 2.6.12, balance source, hash-type consistent",
  "envoy-ring-hash": "Envoy (main branch of 2025), lb_policy RING_HASH, source_ip",
  "envoy-maglev": "Envoy (main branch of 2025), lb_policy MAGLEV, source_ip",
  "ipvs-sh": "IPVS (Linux 4.7 and later), --scheduler sh",
  modulo: "no program: murmur3 of the address modulo the weights",
});

export type PeerPolicy = keyof typeof peerPolicies;

/** Whether there is a model of that name. */
export function isPeerPolicy(name: string): name is PeerPolicy {
  return Object.hasOwn(peerPolicies, name);
}

/**
 * The model of `policy` with the program's default options, nothing connected yet.
 *
 * @param servers - in the order of the program's configuration
 * @throws RangeError for a server that the program would not accept
 */
export function buildPeer(policy: PeerPolicy, servers: readonly PeerServer[]): Placement {
  switch (policy) {
    case "nginx-ip-hash":
      return new NginxIpHash(servers);
    case "nginx-hash":
      return new NginxHash(servers);
    case "nginx-hash-consistent":
      return new NginxHashConsistent(servers);
    case "haproxy-map-based":
      return new HaproxyMapBased(servers);
    case "haproxy-consistent":
      return new HaproxyConsistent(servers);
    case "envoy-ring-hash":
      return new EnvoyRingHash(servers);
    case "envoy-maglev":
      return new EnvoyMaglev(servers);
    case "ipvs-sh":
      return new IpvsSourceHash(servers);
    case "modulo":
      return new PlainModulo(servers);
    default:
      return exhaustive(policy);
  }
}
