import winston from "winston";
import type { Clock } from "../platform/clock.ts";
import type { LineRing } from "./line-ring.ts";
import { createJsonLogLine, createPrettyLogLine, type LogFields, type LogLevel, type LogLine } from "./log-line.ts";
import { LEVEL, type LineInfo, MESSAGE, RingTransport } from "./ring-transport.ts";

/** Most urgent first. */
const RANKS: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** The operational log: what the balancer does and what it thinks of it. Never throws, never blocks. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** Whether debug messages are shown: ask before making one costs anything. */
  isDebug(): boolean;
  /** Takes effect at once. */
  setLevel(level: LogLevel): void;
  /** The least urgent level that is shown. */
  readonly level: LogLevel;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** `auto`: pretty for a terminal, json otherwise. */
  readonly format: "json" | "pretty" | "auto";
  readonly instance: string;
  /** The caller flushes and closes it. */
  readonly ring: LineRing;
  readonly clock: Clock;
  /** Whether the ring's descriptor is a terminal. */
  readonly isTTY: boolean;
  /** Colours for the pretty format. */
  readonly color: boolean;
}

const NO_FIELDS: LogFields = {};

class WinstonLog implements Log {
  readonly #logger: winston.Logger;
  readonly #line: LogLine;
  readonly #clock: Clock;
  #level: LogLevel;

  constructor(options: LogOptions) {
    const pretty = options.format === "pretty" || (options.format === "auto" && options.isTTY);
    this.#line = pretty ? createPrettyLogLine(options.color) : createJsonLogLine(options.instance);
    this.#clock = options.clock;
    this.#level = options.level;
    this.#logger = winston.createLogger({
      levels: RANKS,
      level: options.level,
      format: winston.format((info) => info)(),
      transports: [new RingTransport(options.ring)],
    });
  }

  get level(): LogLevel {
    return this.#level;
  }

  setLevel(level: LogLevel): void {
    this.#level = level;
    this.#logger.level = level;
  }

  isDebug(): boolean {
    return this.#level === "debug";
  }

  error(message: string, fields?: LogFields): void {
    this.#write("error", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write("warn", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write("info", message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.#write("debug", message, fields);
  }

  #write(level: LogLevel, message: string, fields: LogFields = NO_FIELDS): void {
    // winston decides the same, but only after 1.6 µs; asking here makes a message that is not shown nearly free.
    if (RANKS[level] > RANKS[this.#level]) return;
    const line = this.#line(this.#clock.wallMs(), level, message, fields);
    const info: LineInfo = { level, message, [LEVEL]: level, [MESSAGE]: line };
    this.#logger.write(info);
  }
}

/** The operational log: a winston logger whose only transport is a bounded ring, so that a stuck reader never holds up the balancer. */
export function createLog(options: LogOptions): Log {
  return new WinstonLog(options);
}
