import type { ConnectionRecord } from "../model/connection-record.ts";
import type { AccessLine, Shown } from "./access-line.ts";
import { logfmtValue } from "./line-text.ts";
import { createNumberText, type NumberText } from "./number-text.ts";
import { createIsoTime } from "./time-text.ts";

/** Finished text, or undefined when there is no value. */
type Field = (record: ConnectionRecord, shown: Shown) => string | undefined;

function fields({ integer, milliseconds }: NumberText): readonly (readonly [name: string, value: Field])[] {
  const text = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : logfmtValue(value);
  return [
    ["id", (r) => integer(r.id)],
    ["listener", (r) => text(r.listener)],
    ["client_ip", (_, shown) => text(shown.clientAddress)],
    ["client_port", (r) => integer(r.client.port)],
    ["via_ip", (r) => text(r.via?.address)],
    ["via_port", (r) => r.via && integer(r.via.port)],
    ["key", (_, shown) => text(shown.key)],
    ["backend", (r) => text(r.backend)],
    ["home", (r) => text(r.home)],
    ["reason", (r) => r.reason],
    ["attempts", (r) => integer(r.attempts)],
    ["redispatched", (r) => String(r.redispatched)],
    ["ended_by", (r) => r.endedBy],
    ["phase", (r) => r.phase],
    ["cause", (r) => r.cause],
    ["state", (r) => text(r.state)],
    ["t_identify", (r) => milliseconds(r.identifyMs)],
    ["t_queue", (r) => milliseconds(r.queueMs)],
    ["t_connect", (r) => milliseconds(r.connectMs)],
    ["t_total", (r) => milliseconds(r.totalMs)],
    ["bytes_in", (r) => integer(r.bytesIn)],
    ["bytes_out", (r) => integer(r.bytesOut)],
    ["open_process", (r) => integer(r.openProcess)],
    ["open_listener", (r) => integer(r.openListener)],
    ["open_backend", (r) => integer(r.openBackend)],
    ["snapshot", (r) => integer(r.snapshotVersion)],
    ["sample", (_, shown) => shown.sample?.toString()],
  ];
}

/** The fields of the JSON line, in its order, as `key=value`; one without a value is left out. */
export function createLogfmtLine(instance: string): AccessLine {
  const isoTime = createIsoTime();
  const all = fields(createNumberText());
  const fixed = ` event=conn instance=${logfmtValue(instance)}`;
  return (record, shown) => {
    let line = `ts=${isoTime(record.acceptedAtMs)}${fixed}`;
    for (const [name, field] of all) {
      const value = field(record, shown);
      if (value !== undefined) line += ` ${name}=${value}`;
    }
    return line;
  };
}
