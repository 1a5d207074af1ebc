import type { LineRing, RingChange } from "./line-ring.ts";
import type { Log } from "./log.ts";

/**
 * Says in `log` when `ring` begins to drop lines, when its descriptor fails, and when either is over with how many
 * lines were lost. `name` as in "the access log". The ring may be the log's own: what cannot be said then is dropped,
 * and said when lines flow again.
 */
export function reportRing(ring: LineRing, name: string, log: Log): void {
  ring.onChange((change) => report(change, name, log));
}

function report({ state, error, dropped }: RingChange, name: string, log: Log): void {
  switch (state) {
    case "dropping":
      log.warn(`${name} is dropping lines: its reader is too slow`, { event: "log-dropping" });
      break;
    case "failing":
      log.error(`${name} cannot be written: ${error?.message ?? "unknown error"}`, {
        event: "log-failing",
        code: error?.code,
        dropped,
      });
      break;
    case "flowing":
      log.warn(`${name} flows again: ${dropped} lines were lost`, { event: "log-flowing", dropped });
      break;
  }
}
