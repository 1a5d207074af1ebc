import type { Backend, BackendId } from "../model/backend.ts";
import type { Cause } from "../model/connection-record.ts";
import type { CheckResult } from "./health/check-result.ts";

/** The whole list of backends, as the operator or a discovery source gives it now. */
export interface Discovered {
  readonly kind: "discovered";
  readonly backends: readonly Backend[];
  readonly atMs: number;
}

/** One active check has ended. Rise and fall are counted by `reduce`. */
export interface Checked {
  readonly kind: "checked";
  readonly id: BackendId;
  readonly result: CheckResult;
  readonly atMs: number;
}

/** A client's connection reached the backend. */
export interface ConnectSucceeded {
  readonly kind: "connect-succeeded";
  readonly id: BackendId;
  readonly atMs: number;
}

/** One attempt to connect a client failed. To be sent for every attempt, also when a retry saved the client. */
export interface ConnectFailed {
  readonly kind: "connect-failed";
  readonly id: BackendId;
  readonly cause: Cause;
  readonly atMs: number;
}

/** The time of an ejection is over. */
export interface EjectionEnded {
  readonly kind: "ejection-ended";
  readonly id: BackendId;
  readonly atMs: number;
}

/** The last connection of a draining backend has ended. Harmless for a backend that does not drain. */
export interface Emptied {
  readonly kind: "emptied";
  readonly id: BackendId;
  readonly atMs: number;
}

/** DRAIN_TIMEOUT is over. */
export interface DrainExpired {
  readonly kind: "drain-expired";
  readonly id: BackendId;
  readonly atMs: number;
}

/** Everything that may change the cluster. `atMs` is monotonic. */
export type ClusterEvent =
  | Discovered
  | Checked
  | ConnectSucceeded
  | ConnectFailed
  | EjectionEnded
  | Emptied
  | DrainExpired;
