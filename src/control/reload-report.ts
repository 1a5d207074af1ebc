import type { Backend, BackendId } from "../model/backend.ts";
import { sameBackend, samePlace } from "./same-backend.ts";

/** What a new list of backends changed. All ids sorted. */
export interface ReloadReport {
  readonly added: readonly BackendId[];
  /** Left the list; they drain. */
  readonly removed: readonly BackendId[];
  readonly reweighted: readonly BackendId[];
  readonly changedAddress: readonly BackendId[];
  /** Something else changed: backup, ceiling of connections, target of the health check. */
  readonly reconfigured: readonly BackendId[];
  /** 0–1: the share of the primary tier's key space that has another first choice now; 0 for the first list. */
  readonly movedShare: number;
}

/** Compares two lists. */
export function reloadReport(before: readonly Backend[], after: readonly Backend[], movedShare: number): ReloadReport {
  const old = new Map(before.map((backend) => [backend.id, backend]));
  const now = new Map(after.map((backend) => [backend.id, backend]));
  const kept = after.flatMap((backend) => {
    const was = old.get(backend.id);
    return was === undefined ? [] : [{ was, is: backend }];
  });
  const changed = (differs: (was: Backend, is: Backend) => boolean): readonly BackendId[] =>
    kept
      .filter(({ was, is }) => differs(was, is))
      .map(({ is }) => is.id)
      .sort();
  return {
    added: [...now.keys()].filter((id) => !old.has(id)).sort(),
    removed: [...old.keys()].filter((id) => !now.has(id)).sort(),
    reweighted: changed((was, is) => was.weight !== is.weight),
    changedAddress: changed((was, is) => !samePlace(was, is)),
    reconfigured: changed((was, is) => !sameBackend({ ...was, weight: is.weight, host: is.host, port: is.port }, is)),
    movedShare,
  };
}
