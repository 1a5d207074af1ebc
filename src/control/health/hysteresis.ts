import type { Health } from "../../model/backend.ts";

/** A verdict, and how many results in a row spoke against it. */
export interface Judgement {
  readonly health: Health;
  /** 0 = the last result agreed. More than 0 = between two states: checks come at the fast interval. */
  readonly against: number;
}

/**
 * Counts one result. A verdict falls after as many results against it in a row as `rise` (unhealthy → healthy) or `fall`
 * (healthy → unhealthy) say, each ≥ 1; an agreeing result starts the count again. The first result ever decides at once.
 */
export function judge(before: Judgement, ok: boolean, rise: number, fall: number): Judgement {
  const verdict: Health = ok ? "healthy" : "unhealthy";
  if (before.health === verdict) return { health: verdict, against: 0 };
  const needed = before.health === "unknown" ? 1 : ok ? rise : fall;
  const against = before.against + 1;
  return against >= needed ? { health: verdict, against: 0 } : { health: before.health, against };
}
