import type { ReloadReport } from "../control/reload-report.ts";
import type { Transition } from "../control/transition.ts";
import type { Log } from "../observe/log.ts";
import { rounded } from "../skew/rounded.ts";

/** Changes for the worse are warnings. */
function isWarning(transition: Transition): boolean {
  return (
    transition.kind === "ejected" ||
    transition.kind === "panic" ||
    transition.kind === "drain-deadline" ||
    (transition.kind === "health" && transition.to === "unhealthy")
  );
}

function sentence({ kind, id, from, to, because }: Transition): string {
  const backend = `backend ${id ?? ""}`;
  switch (kind) {
    case "added":
      return `${backend} was added: ${because}`;
    case "removed":
      return `${backend} left the list: its connections stay, nobody new comes`;
    case "drained":
      return `${backend} is drained: ${because}`;
    case "reweighted":
      return `${backend} has another weight: ${from} → ${to}`;
    case "address-changed":
      return `${backend} has another address: ${from} → ${to}`;
    case "reconfigured":
      return `${backend} was changed: ${because}`;
    case "health":
      return `${backend} is ${to === "unhealthy" ? "down" : to === "healthy" ? "up" : to}: ${because}`;
    case "ejected":
      return `${backend} is ejected: ${because}`;
    case "ejection-ended":
      return `${backend} takes clients again: ${because}`;
    case "draining":
      return `${backend} is draining: ${because}`;
    case "undrained":
      return `${backend} takes new clients again: ${because}`;
    case "drain-deadline":
      return `${backend} has drained long enough: ${because}`;
    case "panic":
      return `too few backends are healthy, health is ignored: ${because}`;
    case "panic-ended":
      return `enough backends are healthy again: ${because}`;
  }
}

/** One line for every change of the cluster. */
export function announceTransition(log: Log, transition: Transition): void {
  const { kind, id, from, to, because } = transition;
  const fields = { event: `backend-${kind}`, backend: id, from, to, because };
  if (isWarning(transition)) log.warn(sentence(transition), fields);
  else log.info(sentence(transition), fields);
}

/** What a reload of the list changed, in one line. */
export function announceReload(log: Log, report: ReloadReport): void {
  const { added, removed, reweighted, changedAddress, reconfigured, movedShare } = report;
  const parts = [
    listed("added", added),
    listed("removed", removed),
    listed("re-weighted", reweighted),
    listed("moved to another address", changedAddress),
    listed("changed", reconfigured),
  ].filter((part) => part !== undefined);
  const what = parts.length === 0 ? "nothing changed" : parts.join("; ");
  const share = `${(movedShare * 100).toFixed(1)} % of the key space moved`;
  log.info(`backends reloaded: ${what}; ${share}`, {
    event: "backends-reloaded",
    added: added.join(","),
    removed: removed.join(","),
    reweighted: reweighted.join(","),
    moved_share: rounded(movedShare, 4),
  });
}

/** MAX_CONNECTIONS was reached, or there is room again. */
export function announceFull(log: Log, limit: number, isFull: boolean): void {
  if (isFull) log.warn(`${limit} connections are open: new ones are refused`, { event: "full", limit });
  else log.info("there is room for connections again", { event: "not-full", limit });
}

function listed(what: string, ids: readonly string[]): string | undefined {
  return ids.length === 0 ? undefined : `${what} ${ids.join(", ")}`;
}
