import type { Backend } from "../../model/backend.ts";

/** Where checks go, for all backends. Undefined = to the backend's own. */
export interface TargetOptions {
  /** HEALTH_PORT */
  readonly port: number | undefined;
  /** SOURCE_ADDRESS: the local address for the next check of `host`; absent or undefined = the kernel chooses. */
  readonly sourceAddress?: (host: string) => string | undefined;
}

/** Where one backend is checked. */
export interface CheckTarget {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
}

/**
 * What is written for this one backend counts first, then the setting for all, then the backend's own address. To be called
 * once for each check: every call takes the next source address.
 */
export function checkTarget(backend: Backend, options: TargetOptions): CheckTarget {
  const host = backend.health?.host ?? backend.host;
  const port = backend.health?.port ?? options.port ?? backend.port;
  const localAddress = options.sourceAddress?.(host);
  return localAddress === undefined ? { host, port } : { host, port, localAddress };
}

/** The target as it stands in a Host header: IPv6 in brackets, the port only when it is not 80 (RFC 9110 §7.2, §4.2.1). */
export function authority(target: CheckTarget): string {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return target.port === 80 ? host : `${host}:${target.port}`;
}
