import type { Field } from "./message-reader.ts";

/** A request as a backend saw it. */
export interface SeenRequest {
  /** Of the target `/{id}/part`. */
  readonly part: string;
  /** `A` or `B`, or the id of another backend. */
  readonly backend: string;
  /** Number of the backend connection. */
  readonly connection: number;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: readonly Field[];
  readonly trailers: readonly Field[];
  readonly body: string;
  /** All of it came. */
  readonly complete: boolean;
}

/** An answer as the client saw it. */
export interface SeenAnswer {
  readonly status: number;
  readonly startLine: string;
  readonly fields: readonly Field[];
  readonly trailers: readonly Field[];
  readonly body: string;
  readonly complete: boolean;
}

/** All that was seen from outside of one run of a case. */
export interface Observation {
  readonly id: string;
  /** Every byte the client got. */
  readonly received: string;
  /** Final answers in order. */
  readonly answers: readonly SeenAnswer[];
  /** 1xx in order, 101 among them. */
  readonly interim: readonly SeenAnswer[];
  /** Bytes behind a 101. */
  readonly tunnelled: string;
  /** Why the bytes the client got cannot be read on, and those bytes. */
  readonly unreadable: string | undefined;
  /** How the client's connection stood in the end. `late` = what was waited for did not happen. */
  readonly end: "open" | "closed" | "reset" | "late";
  /** Requests with this run's mark, in the order in which backends saw their heads. */
  readonly seen: readonly SeenRequest[];
  /** Bytes with this run's mark that a backend got and that are no request, with the reason. */
  readonly broken: readonly string[];
  /** Backend connections that hold a part of a request of this run and were not ended. */
  readonly stuck: number;
}
