import type { Launched } from "../../test/support/launch.ts";
import type { PeerBackend } from "../../test/support/peers.ts";

/** A balancer that can be measured. */
export interface Balancer {
  /** Stable: names it in options, results and goals. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly version: string;
  /** Starts it in front of `backends`, with `prefix` before its command. The caller stops it. */
  start(backends: readonly PeerBackend[], prefix: readonly string[]): Promise<Launched>;
}

/** A balancer that was asked for and is not there. */
export interface Missing {
  readonly name: string;
  readonly title: string;
  readonly because: string;
}

/** The loopback address where all of them listen. */
export const BALANCER_HOST = "127.0.0.1";
