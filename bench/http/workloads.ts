import type { Workload } from "../support/workload.ts";
import { LARGE_BYTES, SMALL_BYTES } from "./shop.ts";

/** What one load asks of the balancer. Every request is answered before the same client sends the next: no pipelining. */
export interface HttpTraffic {
  /**
   * `keep-alive`: each of `clients` connections asks again and again · `close`: a new connection, from ever new addresses, for
   * each request, `clients` of them at a time.
   */
  readonly connections: "keep-alive" | "close";
  readonly clients: number;
  /** `returning`: the request carries the cookie of an earlier answer · `first`: none, and the answer brings one. */
  readonly visit: "returning" | "first";
  /** Of the answer's body. */
  readonly answerBytes: number;
  /** Of the request's body; 0 = a GET. */
  readonly uploadBytes: number;
}

export interface HttpWorkload extends Workload {
  readonly traffic: HttpTraffic;
}

const CLIENTS = 50;
/** Node processes need tens of thousands of requests, and as many connections, until all that is used often is compiled. */
const REHEARSAL_MS = 1000;
const CONNECTIONS_REHEARSAL_MS = 4000;

const PAGE: HttpTraffic = {
  connections: "keep-alive",
  clients: CLIENTS,
  visit: "returning",
  answerBytes: SMALL_BYTES,
  uploadBytes: 0,
};

/** Everything that is measured, in the order of the table. */
export const WORKLOADS: readonly HttpWorkload[] = [
  { id: "keep-alive", title: "keep-alive GET", unit: "µs", rehearsalMs: REHEARSAL_MS, traffic: PAGE },
  {
    id: "close",
    title: "Connection: close",
    unit: "µs",
    rehearsalMs: CONNECTIONS_REHEARSAL_MS,
    traffic: { ...PAGE, connections: "close", clients: 32 },
  },
  {
    id: "first-visit",
    title: "GET, no cookie",
    unit: "µs",
    rehearsalMs: REHEARSAL_MS,
    traffic: { ...PAGE, visit: "first" },
  },
  {
    id: "large-answer",
    title: "64 KiB answer",
    unit: "µs",
    rehearsalMs: REHEARSAL_MS,
    traffic: { ...PAGE, answerBytes: LARGE_BYTES },
  },
  {
    id: "upload",
    title: "64 KiB upload",
    unit: "µs",
    rehearsalMs: REHEARSAL_MS,
    traffic: { ...PAGE, uploadBytes: LARGE_BYTES },
  },
];
