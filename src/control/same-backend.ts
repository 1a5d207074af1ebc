import type { Backend } from "../model/backend.ts";

/** Whether connections would go to the same place. */
export function samePlace(a: Backend, b: Backend): boolean {
  return a.host === b.host && a.port === b.port;
}

/** Whether checks would go to the same place and ask the same. */
export function sameHealthTarget(a: Backend, b: Backend): boolean {
  return (
    samePlace(a, b) &&
    a.health?.host === b.health?.host &&
    a.health?.port === b.health?.port &&
    a.health?.path === b.health?.path
  );
}

/** Whether nothing at all differs. */
export function sameBackend(a: Backend, b: Backend): boolean {
  return (
    a.id === b.id &&
    a.weight === b.weight &&
    a.backup === b.backup &&
    a.maxConnections === b.maxConnections &&
    sameHealthTarget(a, b)
  );
}
