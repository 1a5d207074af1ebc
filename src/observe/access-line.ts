import type { ConnectionRecord } from "../model/connection-record.ts";

/** `haproxy`: the tcplog line of HAProxy. */
export type AccessLogFormat = "json" | "haproxy" | "logfmt";

/** What a line shows besides the record. */
export interface Shown {
  /** The client's address, masked if it is to be. */
  readonly clientAddress: string;
  /** The client's key, masked if it is to be. */
  readonly key: string;
  /** The share of lines like this one that is logged; undefined when all are, or when this one would be in any case. */
  readonly sample: number | undefined;
}

/** Makes the one line, without line end, that a connection leaves behind. */
export type AccessLine = (record: ConnectionRecord, shown: Shown) => string;
