import winston from "winston";
import type { Endpoint } from "../model/client-key.ts";
import type { ConnectionRecord } from "../model/connection-record.ts";
import type { RequestRecord } from "../model/request-record.ts";
import type { Random } from "../platform/random.ts";
import type { AccessLine, AccessLines, AccessLogFormat } from "./access-line.ts";
import { createHaproxyLines } from "./access-line-haproxy.ts";
import { createJsonLines } from "./access-line-json.ts";
import { createLogfmtLines } from "./access-line-logfmt.ts";
import type { LineRing } from "./line-ring.ts";
import { type AddressMask, createAddressMask } from "./mask-address.ts";
import { LEVEL, type LineInfo, MESSAGE, RingTransport } from "./ring-transport.ts";

/** What can change while connections run. */
export interface AccessLogSettings {
  /** 0–1: the share of connections and of requests that is logged. Each is drawn for itself. */
  readonly sample: number;
  /**
   * Never sampled away. `errors`: a termination state that does not begin with `--` (requests that were refused have one,
   * too), or a status of 500 or above; `slow`: see `slowMs`.
   */
  readonly always: readonly ("errors" | "slow")[];
  /**
   * Slow is what waited this long or longer for a slot, for its backend to accept the connection, or for the head of its
   * answer.
   */
  readonly slowMs: number;
  /** Show only the network part of client addresses and keys. A PROXY protocol peer is no client and stays whole. */
  readonly mask: boolean;
}

export interface AccessLogOptions extends AccessLogSettings {
  readonly format: AccessLogFormat;
  /** 0–32 and 0–128: bits shown when masking. */
  readonly maskPrefixV4: number;
  readonly maskPrefixV6: number;
  readonly instance: string;
  /** The caller flushes and closes it. */
  readonly ring: LineRing;
  readonly random: Random;
}

/** A line for each connection and request, as far as sampling lets them through. */
export interface AccessLog {
  /** Logs a connection, or not, as format and sampling say. Never throws, never blocks. */
  write(record: ConnectionRecord): void;
  /** The same for a request. */
  writeRequest(record: RequestRecord): void;
  configure(settings: AccessLogSettings): void;
  /** Lines handed to the ring (which may have dropped some). */
  readonly written: number;
  /** Connections and requests that left no line because of the sampling. */
  readonly sampledOut: number;
}

/** What is to be masked. */
interface WithClient {
  readonly client: Endpoint;
  readonly key: string;
}

function createLines(format: AccessLogFormat, instance: string): AccessLines {
  if (format === "haproxy") return createHaproxyLines();
  return format === "json" ? createJsonLines(instance) : createLogfmtLines(instance);
}

class WinstonAccessLog implements AccessLog {
  readonly #logger: winston.Logger;
  readonly #lines: AccessLines;
  readonly #masks: AddressMask;
  readonly #random: Random;
  #settings: AccessLogSettings;
  #alwaysErrors = false;
  #alwaysSlow = false;
  #written = 0;
  #sampledOut = 0;

  constructor(options: AccessLogOptions) {
    // The line is finished before winston sees it: a chain of formats costs more than all the rest together.
    const unchanged = winston.format((info) => info)();
    this.#logger = winston.createLogger({ format: unchanged, transports: [new RingTransport(options.ring)] });
    this.#lines = createLines(options.format, options.instance);
    this.#masks = createAddressMask(options.maskPrefixV4, options.maskPrefixV6);
    this.#random = options.random;
    this.#settings = options;
    this.configure(options);
  }

  get written(): number {
    return this.#written;
  }

  get sampledOut(): number {
    return this.#sampledOut;
  }

  configure(settings: AccessLogSettings): void {
    this.#settings = settings;
    this.#alwaysErrors = settings.always.includes("errors");
    this.#alwaysSlow = settings.always.includes("slow");
  }

  write(record: ConnectionRecord): void {
    if (!this.#lines.covers(record)) return;
    const isError = record.state !== "--";
    const isKept = this.#isKept(isError, Math.max(record.connectMs, record.queueMs));
    this.#log(record, isKept, this.#lines.ofConnection);
  }

  writeRequest(record: RequestRecord): void {
    const isError = record.status >= 500 || !record.state.startsWith("--");
    const isKept = this.#isKept(isError, Math.max(record.connectMs, record.queueMs, record.responseMs));
    this.#log(record, isKept, this.#lines.ofRequest);
  }

  #isKept(isError: boolean, waitedMs: number): boolean {
    return (this.#alwaysErrors && isError) || (this.#alwaysSlow && waitedMs >= this.#settings.slowMs);
  }

  #log<R extends WithClient>(record: R, isKept: boolean, lineOf: AccessLine<R>): void {
    const { sample, mask } = this.#settings;
    const sampled = sample < 1 && !isKept;
    if (sampled && this.#random.next() >= sample) {
      this.#sampledOut++;
      return;
    }
    const { address } = record.client;
    const line = lineOf(record, {
      clientAddress: mask ? this.#masks.address(address) : address,
      key: mask ? this.#masks.key(record.key) : record.key,
      sample: sampled ? sample : undefined,
    });
    const info: LineInfo = { level: "info", message: line, [LEVEL]: "info", [MESSAGE]: line };
    this.#logger.write(info);
    this.#written++;
  }
}

/** The log of connections and requests: a winston logger of its own, whose only transport is a bounded ring. */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  return new WinstonAccessLog(options);
}
