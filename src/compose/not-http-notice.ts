import type { ConnectionRecord } from "../model/connection-record.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../platform/clock.ts";

/** Scanners and misconfigured clients try again and again: a line now and then is enough to learn of them. */
const QUIET_MS = 60_000;

/**
 * An `onRecord` that also warns when a client speaks TLS or HTTP/2 to a listener of http mode, at most once a minute for each
 * listener: the access log counts them, this line tells the operator what to change.
 */
export function withNotHttpNotice(
  onRecord: (record: ConnectionRecord) => void,
  log: Log,
  clock: Clock,
): (record: ConnectionRecord) => void {
  const saidAtMs = new Map<string, number>();
  return (record) => {
    const { cause, listener } = record;
    if (cause === "not-http") {
      const nowMs = clock.nowMs();
      if (nowMs - (saidAtMs.get(listener) ?? Number.NEGATIVE_INFINITY) >= QUIET_MS) {
        saidAtMs.set(listener, nowMs);
        log.warn(
          `${listener}: a client spoke TLS or HTTP/2; this port speaks HTTP/1.1 without TLS; use MODE=tcp to pass it through`,
          { event: "not-http", listener },
        );
      }
    }
    onRecord(record);
  };
}
