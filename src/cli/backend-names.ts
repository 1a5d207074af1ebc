import { nearestName } from "../config/nearest-name.ts";
import type { Settings } from "../config/settings.ts";
import type { BackendId } from "../model/backend.ts";

/** What is wrong with ids that an operator named on the command line; undefined when all are known. */
export function unknownIds(settings: Settings, ids: readonly BackendId[]): string | undefined {
  const known = settings.backends.map((backend) => backend.id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length === 0) return undefined;
  const [first = ""] = unknown;
  const nearest = nearestName(first, known);
  const hint = nearest === undefined ? `the backends are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return `no backend is called ${unknown.map((id) => `"${id}"`).join(", ")}; ${hint}`;
}
