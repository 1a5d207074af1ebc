import type { ConnectionRecord } from "../model/connection-record.ts";
import type { RequestRecord } from "../model/request-record.ts";
import type { AccessLine, AccessLines, CommonRecord, Shown } from "./access-line.ts";
import { logfmtValue } from "./line-text.ts";
import { createNumberText, type NumberText } from "./number-text.ts";
import { createIsoTime } from "./time-text.ts";

/** A field's name, and its finished text, or undefined when there is no value. */
type Field<R> = readonly [name: string, value: (record: R, shown: Shown) => string | undefined];
type Fields<R> = readonly Field<R>[];

function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : logfmtValue(value);
}

interface CommonFields {
  readonly who: Fields<CommonRecord>;
  readonly choice: Fields<CommonRecord>;
  readonly end: Fields<CommonRecord>;
  readonly sizes: Fields<CommonRecord>;
}

function commonFields({ integer }: NumberText): CommonFields {
  return {
    who: [
      ["listener", (r) => text(r.listener)],
      ["client_ip", (_, shown) => text(shown.clientAddress)],
      ["client_port", (r) => integer(r.client.port)],
      ["via_ip", (r) => text(r.via?.address)],
      ["via_port", (r) => r.via && integer(r.via.port)],
      ["key", (_, shown) => text(shown.key)],
    ],
    choice: [
      ["backend", (r) => text(r.backend)],
      ["home", (r) => text(r.home)],
      ["reason", (r) => r.reason],
      ["attempts", (r) => integer(r.attempts)],
      ["redispatched", (r) => String(r.redispatched)],
    ],
    end: [
      ["ended_by", (r) => r.endedBy],
      ["phase", (r) => r.phase],
      ["cause", (r) => r.cause],
      ["state", (r) => text(r.state)],
    ],
    sizes: [
      ["bytes_in", (r) => integer(r.bytesIn)],
      ["bytes_out", (r) => integer(r.bytesOut)],
      ["open_process", (r) => integer(r.openProcess)],
      ["open_listener", (r) => integer(r.openListener)],
      ["open_backend", (r) => integer(r.openBackend)],
      ["snapshot", (r) => integer(r.snapshotVersion)],
      ["sample", (_, shown) => shown.sample?.toString()],
    ],
  };
}

function connectionFields(numbers: NumberText): Fields<ConnectionRecord> {
  const { integer, milliseconds } = numbers;
  const { who, choice, end, sizes } = commonFields(numbers);
  return [
    ["id", (r) => integer(r.id)],
    ["mode", (r) => r.mode],
    ["requests", (r) => (r.mode === "http" ? integer(r.requests) : undefined)],
    ...who,
    ...choice,
    ...end,
    ["t_identify", (r) => milliseconds(r.identifyMs)],
    ["t_queue", (r) => milliseconds(r.queueMs)],
    ["t_connect", (r) => milliseconds(r.connectMs)],
    ["t_total", (r) => milliseconds(r.totalMs)],
    ...sizes,
  ];
}

function requestFields(numbers: NumberText): Fields<RequestRecord> {
  const { integer, milliseconds } = numbers;
  const { who, choice, end, sizes } = commonFields(numbers);
  return [
    ["id", (r) => integer(r.id)],
    ["connection_id", (r) => integer(r.connectionId)],
    ["index", (r) => integer(r.index)],
    ...who,
    ["method", (r) => text(r.method)],
    ["target", (r) => text(r.target)],
    ["version", (r) => `1.${integer(r.minorVersion)}`],
    ["status", (r) => integer(r.status)],
    ["refusal", (r) => text(r.refusal)],
    ...choice,
    ["reused", (r) => String(r.reused)],
    ["upgraded", (r) => String(r.upgraded)],
    ["cookie_in", (r) => r.cookieIn],
    ["cookie_out", (r) => r.cookieOut],
    ...end,
    ["t_head", (r) => milliseconds(r.headMs)],
    ["t_queue", (r) => milliseconds(r.queueMs)],
    ["t_connect", (r) => milliseconds(r.connectMs)],
    ["t_response", (r) => milliseconds(r.responseMs)],
    ["t_total", (r) => milliseconds(r.totalMs)],
    ...sizes,
  ];
}

/** The line of these fields, begun at `startMs` of the record. */
function lineOf<R>(fixed: string, startMs: (record: R) => number, fields: Fields<R>): AccessLine<R> {
  const isoTime = createIsoTime();
  return (record, shown) => {
    let line = `ts=${isoTime(startMs(record))}${fixed}`;
    for (const [name, field] of fields) {
      const value = field(record, shown);
      if (value !== undefined) line += ` ${name}=${value}`;
    }
    return line;
  };
}

/** The fields of the JSON lines, in their order, as `key=value`; one without a value is left out. */
export function createLogfmtLines(instance: string): AccessLines {
  const numbers = createNumberText();
  const fixed = (event: string, kind: string): string =>
    ` event=${event} kind=${kind} instance=${logfmtValue(instance)}`;
  return {
    covers: () => true,
    ofConnection: lineOf(fixed("conn", "connection"), (r) => r.acceptedAtMs, connectionFields(numbers)),
    ofRequest: lineOf(fixed("request", "request"), (r) => r.startedAtMs, requestFields(numbers)),
  };
}
