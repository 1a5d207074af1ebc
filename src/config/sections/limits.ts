import { setting } from "../setting.ts";
import { MAX_CONNECTIONS } from "../types/backend.ts";
import { duration } from "../types/duration.ts";
import { integer, integerOrAuto } from "../types/number.ts";
import { rate } from "../types/rate.ts";
import { size } from "../types/size.ts";

const section = "Limits";

/** How much of everything. */
export const limits = {
  maxConnections: setting(integerOrAuto({ min: 1, max: MAX_CONNECTIONS }), {
    name: "MAX_CONNECTIONS",
    section,
    default: "auto",
    example: "20000",
    meaning: "client connections open at the same time; auto = (open files limit - 128) / 2",
    live: false,
  }),
  maxConnectionsPerClient: setting(integer({ min: 0, max: MAX_CONNECTIONS }), {
    name: "MAX_CONNECTIONS_PER_CLIENT",
    section,
    default: "0",
    example: "100",
    meaning: "the same for one client (its address prefix); 0 = no limit",
    live: true,
  }),
  ratePerClient: setting(rate(), {
    name: "RATE_PER_CLIENT",
    section,
    default: "off",
    example: "20/s burst 40",
    meaning: "new connections of one client; without a burst, one second's worth",
    live: true,
  }),
  queue: setting(integer({ min: 0, max: 1_000_000 }), {
    name: "QUEUE",
    section,
    default: "0",
    example: "1000",
    meaning: "connections or requests that may wait for a place; 0 = go elsewhere, or be refused",
    live: false,
  }),
  queueTimeoutMs: setting(duration({ min: "1ms", max: "10m" }), {
    name: "QUEUE_TIMEOUT",
    section,
    default: "1s",
    example: "5s",
    meaning: "how long one may wait, also with ON_DOWN=wait",
    live: false,
  }),
  bufferBytes: setting(size({ min: "16KiB", max: "16MiB" }), {
    name: "BUFFER",
    section,
    default: "511KiB",
    example: "64KiB",
    meaning: "large buffer of a direction, held only while it is busy",
    live: false,
  }),
  httpMaxHeadBytes: setting(size({ min: "1KiB", max: "1MiB" }), {
    name: "HTTP_MAX_HEAD",
    section,
    default: "16KiB",
    example: "32KiB",
    meaning: "http: a longer head of a request gets 431; answers may have 32KiB, or this when it is more",
    live: false,
  }),
  httpMaxHeaders: setting(integer({ min: 10, max: 10_000 }), {
    name: "HTTP_MAX_HEADERS",
    section,
    default: "100",
    example: "200",
    meaning: "http: a request with more header lines gets 431; answers may have 200, or this when it is more",
    live: false,
  }),
};
