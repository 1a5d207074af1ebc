import type { ConnectionRecord } from "../model/connection-record.ts";
import { type AccessLine, type Shown, toMicroPrecision } from "./access-line.ts";
import { logfmtValue } from "./line-text.ts";
import { createIsoTime } from "./time-text.ts";

type Field = (record: ConnectionRecord, shown: Shown) => string | number | boolean | undefined;

const FIELDS: readonly (readonly [name: string, value: Field])[] = [
  ["id", (r) => r.id],
  ["listener", (r) => r.listener],
  ["client_ip", (_, shown) => shown.clientAddress],
  ["client_port", (r) => r.client.port],
  ["via_ip", (r) => r.via?.address],
  ["via_port", (r) => r.via?.port],
  ["key", (_, shown) => shown.key],
  ["backend", (r) => r.backend],
  ["home", (r) => r.home],
  ["reason", (r) => r.reason],
  ["attempts", (r) => r.attempts],
  ["redispatched", (r) => r.redispatched],
  ["ended_by", (r) => r.endedBy],
  ["phase", (r) => r.phase],
  ["cause", (r) => r.cause],
  ["state", (r) => r.state],
  ["t_identify", (r) => toMicroPrecision(r.identifyMs)],
  ["t_queue", (r) => toMicroPrecision(r.queueMs)],
  ["t_connect", (r) => toMicroPrecision(r.connectMs)],
  ["t_total", (r) => toMicroPrecision(r.totalMs)],
  ["bytes_in", (r) => r.bytesIn],
  ["bytes_out", (r) => r.bytesOut],
  ["open_process", (r) => r.openProcess],
  ["open_listener", (r) => r.openListener],
  ["open_backend", (r) => r.openBackend],
  ["snapshot", (r) => r.snapshotVersion],
  ["sample", (_, shown) => shown.sample],
];

/** The fields of the JSON line, in its order, as `key=value`; one without a value is left out. */
export function createLogfmtLine(instance: string): AccessLine {
  const isoTime = createIsoTime();
  const fixed = ` event=conn instance=${logfmtValue(instance)}`;
  return (record, shown) => {
    let line = `ts=${isoTime(record.acceptedAtMs)}${fixed}`;
    for (const [name, field] of FIELDS) {
      const value = field(record, shown);
      if (value !== undefined) line += ` ${name}=${logfmtValue(value)}`;
    }
    return line;
  };
}
