import type { Endpoint } from "../model/client-key.ts";

/** One extra fact that the sender attached to a version 2 header (specification, section 2.2). */
export interface Tlv {
  /** 0–255; 0xE0–0xEF are free for applications. */
  readonly type: number;
  /** A copy: it stays valid when the buffer that was decoded is reused. */
  readonly value: Uint8Array;
}

/** What a PROXY protocol header says about the connection that follows it. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /** `local`: the sender speaks for itself (a health check), so the real endpoints of the socket count. */
  readonly command: "proxy" | "local";
  /** `unspec`: unknown to the sender. */
  readonly transport: "stream" | "dgram" | "unspec";
  /** The client. Absent, like `destination`, for `local`, unknown and unix endpoints: the real ones of the socket count. */
  readonly source?: Endpoint;
  /** The address that the client connected to; present exactly when `source` is. */
  readonly destination?: Endpoint;
  /** In the order sent, without padding (NOOP) and without the checksum (verified, and true of this header only). */
  readonly tlvs: readonly Tlv[];
}

/** The bytes so far are the beginning of a header, or could be. */
export interface NeedMore {
  readonly kind: "need-more";
  /** The total number of bytes, those already there included, below which nothing can be decided. */
  readonly atLeast: number;
}

/** The bytes cannot be the beginning of a header. */
export interface Absent {
  readonly kind: "absent";
}

/** A complete header; the payload starts at `length`. */
export interface Decoded {
  readonly kind: "header";
  readonly header: ProxyHeader;
  /** Bytes of the header, always ≤ the bytes given. */
  readonly length: number;
}

/** The bytes announce a header and then break the rules: the connection has to be closed. */
export interface Malformed {
  readonly kind: "malformed";
  /** For the log. Never quotes bytes of the peer. */
  readonly problem: string;
}

/** What the bytes so far come to. */
export type DecodeResult = NeedMore | Absent | Decoded | Malformed;

export const ABSENT: Absent = { kind: "absent" };

export const needMore = (atLeast: number): NeedMore => ({ kind: "need-more", atLeast });

export const malformed = (problem: string): Malformed => ({ kind: "malformed", problem });
