import type { ConnectionRecord } from "../model/connection-record.ts";
import type { RequestRecord } from "../model/request-record.ts";

/** `haproxy`: the tcplog line of HAProxy for connections of tcp mode, its httplog line for requests. */
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

/** Makes one line, without line end. */
export type AccessLine<R> = (record: R, shown: Shown) => string;

/** The lines of one format. Whatever a client or an operator wrote, each is one line of printable characters. */
export interface AccessLines {
  /** Whether the format has a line for this connection at all. */
  covers(record: ConnectionRecord): boolean;
  readonly ofConnection: AccessLine<ConnectionRecord>;
  readonly ofRequest: AccessLine<RequestRecord>;
}

/** What both kinds of records say, under the same names. */
export type CommonRecord = ConnectionRecord | RequestRecord;
