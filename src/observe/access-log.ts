import winston from "winston";
import type { ConnectionRecord } from "../model/connection-record.ts";
import type { Random } from "../platform/random.ts";
import type { AccessLine, AccessLogFormat } from "./access-line.ts";
import { createHaproxyLine } from "./access-line-haproxy.ts";
import { createJsonLine } from "./access-line-json.ts";
import { createLogfmtLine } from "./access-line-logfmt.ts";
import type { LineRing } from "./line-ring.ts";
import { type AddressMask, createAddressMask } from "./mask-address.ts";
import { LEVEL, type LineInfo, MESSAGE, RingTransport } from "./ring-transport.ts";

/** What can change while connections run. */
export interface AccessLogSettings {
  /** 0–1: the share of connections that is logged. */
  readonly sample: number;
  /** Never sampled away. `errors`: termination state other than `--`; `slow`: see `slowMs`. */
  readonly always: readonly ("errors" | "slow")[];
  /** Slow is a connection that waited for a slot, or for its backend to answer, this long or longer. */
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

export interface AccessLog {
  /** Logs a connection, or not, as the sampling says. Never throws, never blocks. */
  write(record: ConnectionRecord): void;
  configure(settings: AccessLogSettings): void;
  /** Lines handed to the ring (which may have dropped some). */
  readonly written: number;
  /** Connections that left no line because of the sampling. */
  readonly sampledOut: number;
}

function createLine(format: AccessLogFormat, instance: string): AccessLine {
  if (format === "haproxy") return createHaproxyLine();
  return format === "json" ? createJsonLine(instance) : createLogfmtLine(instance);
}

class WinstonAccessLog implements AccessLog {
  readonly #logger: winston.Logger;
  readonly #line: AccessLine;
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
    this.#line = createLine(options.format, options.instance);
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
    const { sample, mask } = this.#settings;
    const sampled = sample < 1 && !this.#isKept(record);
    if (sampled && this.#random.next() >= sample) {
      this.#sampledOut++;
      return;
    }
    const { address } = record.client;
    const line = this.#line(record, {
      clientAddress: mask ? this.#masks.address(address) : address,
      key: mask ? this.#masks.key(record.key) : record.key,
      sample: sampled ? sample : undefined,
    });
    const info: LineInfo = { level: "info", message: line, [LEVEL]: "info", [MESSAGE]: line };
    this.#logger.write(info);
    this.#written++;
  }

  #isKept(record: ConnectionRecord): boolean {
    if (this.#alwaysErrors && record.state !== "--") return true;
    const { slowMs } = this.#settings;
    return this.#alwaysSlow && (record.connectMs >= slowMs || record.queueMs >= slowMs);
  }
}

/** The log of connections: a winston logger of its own, whose only transport is a bounded ring. */
export function createAccessLog(options: AccessLogOptions): AccessLog {
  return new WinstonAccessLog(options);
}
