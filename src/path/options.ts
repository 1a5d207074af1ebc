import type { Cidr } from "../model/cidr.ts";
import type { ReadMode } from "../platform/relay-socket.ts";
import type { ChoosePolicy } from "./choose.ts";
import type { KeyOptions } from "./client-address.ts";
import type { HttpOptions } from "./http/options.ts";
import type { NatSplitOptions } from "./nat-split.ts";
import type { RelayOptions } from "./relay.ts";
import type { Rate } from "./token-buckets.ts";

/** How a client is placed. `lengket route` and `place` need nothing else, so they decide as the data path does. */
export interface PlacementOptions {
  readonly keys: KeyOptions;
  readonly hashSeed: number;
  readonly choose: ChoosePolicy;
}

export interface ConnectOptions {
  /** For one attempt; 0 = the kernel's own limit. */
  readonly timeoutMs: number;
  /** Attempts after the first: the first retry goes to the same backend, the others to the next in order. */
  readonly retries: number;
  /** Before the retry on the same backend, ± 50 %. */
  readonly retryDelayMs: number;
  readonly noDelay: boolean;
  /** 0 = no keep-alive probes. */
  readonly keepAliveMs: number;
  /** Local addresses to connect from, used in turn; empty = the kernel's choice. */
  readonly sourceAddresses: readonly string[];
  readonly proxyProtocolOut: "off" | "v1" | "v2";
}

/** What can change while connections run. */
export interface LiveOptions {
  /** Empty = everybody. */
  readonly allow: readonly Cidr[];
  /** Wins over `allow`. */
  readonly deny: readonly Cidr[];
  readonly proxyProtocolTrusted: readonly Cidr[];
  /** Open connections of one client prefix; 0 = no limit. */
  readonly maxConnectionsPerClient: number;
  readonly ratePerClient: Rate | undefined;
  /** Hops whose forwarding headers are believed (http). Counts for connections accepted from then on. */
  readonly trustedProxies: readonly Cidr[];
  /** COOKIE_SECRET: the first signs, all verify (http). */
  readonly cookieSecrets: readonly Uint8Array[];
}

export interface DataPathOptions {
  readonly placement: PlacementOptions;
  readonly relay: RelayOptions;
  readonly connect: ConnectOptions;
  readonly proxyProtocolTimeoutMs: number;
  /** Open client connections of the process, ≥ 1. */
  readonly maxConnections: number;
  /** Connections that may wait for a free slot of one backend; 0 = none. */
  readonly queue: number;
  readonly queueTimeoutMs: number;
  /** How long a client stays where an overflow put it, after its last connection; 0 = decide anew each time. */
  readonly overflowPinMs: number;
  /** `new`: a client that moved because its backend was down stays where it went (same TTL). */
  readonly failBack: "now" | "new";
  readonly natSplit: NatSplitOptions;
  readonly onDownSessions: "keep" | "close";
  /** Size of a large relay buffer. */
  readonly bufferBytes: number;
  readonly readMode: ReadMode;
  readonly live: LiveOptions;
  /** Undefined = there is no http listener. */
  readonly http?: HttpOptions | undefined;
}
