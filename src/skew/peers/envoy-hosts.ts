import { checkServers, type PeerServer } from "./peer.ts";

const HIGHEST_WEIGHT = 2 ** 32 - 1;
/** Envoy's default `healthy_panic_threshold`. */
const PANIC_BELOW_PERCENT = 50;

/** A host that takes part in a table. */
export interface EnvoyHost {
  /** Its place in the list of servers. */
  readonly index: number;
  readonly address: string;
  /** Its part of the sum of all weights. */
  readonly weight: number;
}

/**
 * The hosts of an Envoy cluster with one priority and without locality weights (main branch of 2025, `normalizeHostWeights`
 * in `thread_aware_lb_impl.cc`, `isHostSetInPanic` in `load_balancer_impl.cc`): the healthy ones, but all when fewer than
 * half are healthy.
 *
 * @throws RangeError for a weight below 1 or a backup server
 */
export function envoyHosts(servers: readonly PeerServer[], policy: string): readonly EnvoyHost[] {
  checkServers(servers, {
    program: `the model of Envoy's ${policy}`,
    lowestWeight: 1,
    highestWeight: HIGHEST_WEIGHT,
    backups: false,
  });
  const healthy = servers.filter(({ down }) => !down).length;
  const panic = (100 * healthy) / servers.length < PANIC_BELOW_PERCENT;
  const used = servers.map((server, index) => ({ ...server, index })).filter(({ down }) => panic || !down);
  const total = used.reduce((sum, { weight }) => sum + weight, 0);
  return used.map(({ index, address, weight }) => ({ index, address, weight: weight / total }));
}
