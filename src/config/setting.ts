import type { SettingType } from "./setting-type.ts";

/** What every environment variable of ours starts with. */
export const PREFIX = "LENGKET_";

/** The groups of the documentation, in the order of a connection's life. */
export type Section =
  | "Listening"
  | "Backends"
  | "Choosing a backend"
  | "Cookie persistence"
  | "Upstream connections"
  | "Who is the client"
  | "Active health"
  | "Passive health, retries"
  | "Draining, slow start, shutdown"
  | "Timeouts"
  | "Limits"
  | "Admin"
  | "Logs"
  | "Configuration";

/** What the table says about a setting apart from its type. */
export interface SettingFacts {
  /** Without the prefix: `IDLE_TIMEOUT`. */
  readonly name: string;
  readonly section: Section;
  /** The text that is read when nothing is set; empty = no value. */
  readonly default: string;
  /** What no value means, when the default is empty: `every address`. */
  readonly unset?: string;
  readonly example: string;
  /** One line. */
  readonly meaning: string;
  /** Whether a reload applies a change; otherwise a restart is needed. */
  readonly live: boolean;
  /** Its text is never shown: not in reports, not by `lengket config`. */
  readonly secret?: boolean;
}

/** One row of the table. */
export interface Setting<T> extends SettingFacts, SettingType<T> {}

/** A row: the facts and the type, flat. */
export function setting<T>(type: SettingType<T>, facts: SettingFacts): Setting<T> {
  return { ...facts, ...type };
}

/** `IDLE_TIMEOUT` → `LENGKET_IDLE_TIMEOUT` */
export function variableName(name: string): string {
  return PREFIX + name;
}

/** `IDLE_TIMEOUT` → `--idle-timeout` */
export function flagName(name: string): string {
  return `--${name.toLowerCase().replaceAll("_", "-")}`;
}
