/** A backend's name. The id, never the address or the list position, is what gets hashed. */
export type BackendId = string;

/** Where a health check goes when it is not the backend's own address. Absent parts fall back to the settings, then to the backend. */
export interface HealthTarget {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
}

/** A place that can take connections, as the operator wrote it. Identity is `id` alone. */
export interface Backend {
  readonly id: BackendId;
  /** An IP literal (no brackets) or a DNS name. */
  readonly host: string;
  /** 1–65535 */
  readonly port: number;
  /** 0–256; 0 means draining: connections stay, nobody new comes. */
  readonly weight: number;
  /** Asked only when no primary backend can take the client. */
  readonly backup: boolean;
  /** Ceiling of open connections; 0 = none. */
  readonly maxConnections: number;
  readonly health?: HealthTarget;
}

/** What the checks say. Unknown is not unhealthy: an unknown backend takes traffic. */
export type Health = "unknown" | "healthy" | "unhealthy";

/** `draining`: connections stay, nobody new comes. */
export type Lifecycle = "active" | "draining";
