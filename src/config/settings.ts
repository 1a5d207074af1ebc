import type { Backend } from "../model/backend.ts";
import type { Cidr } from "../model/cidr.ts";
import type { ListenAddress } from "../model/listen-address.ts";
import { activeHealth } from "./sections/active-health.ts";
import { admin } from "./sections/admin.ts";
import { backends } from "./sections/backends.ts";
import { choosing } from "./sections/choosing.ts";
import { client } from "./sections/client.ts";
import { configuration } from "./sections/configuration.ts";
import { cookies } from "./sections/cookies.ts";
import { draining } from "./sections/draining.ts";
import { limits } from "./sections/limits.ts";
import { listening } from "./sections/listening.ts";
import { logs } from "./sections/logs.ts";
import { passiveHealth } from "./sections/passive-health.ts";
import { sessions } from "./sections/sessions.ts";
import { timeouts } from "./sections/timeouts.ts";
import { upstream } from "./sections/upstream.ts";
import type { Section, Setting } from "./setting.ts";
import type { FieldSource } from "./types/field-source.ts";

/**
 * Every setting there is, once: the parser, the commands `check`, `config` and `help-env`, docs/settings.md and
 * .env.example are made from this table.
 */
export const SETTINGS = {
  ...listening,
  ...backends,
  ...choosing,
  ...cookies,
  ...sessions,
  ...upstream,
  ...client,
  ...activeHealth,
  ...passiveHealth,
  ...draining,
  ...timeouts,
  ...limits,
  ...admin,
  ...logs,
  ...configuration,
};

/** The name of a setting in the code: `idleTimeoutMs`. */
export type SettingKey = keyof typeof SETTINGS;

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** What the texts say, each by itself. */
export type RawSettings = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };

/** What follows from several settings together. */
interface ResolvedSettings {
  readonly listen: readonly ListenAddress[];
  /** BACKENDS, then BACKENDS_FILE. */
  readonly backends: readonly Backend[];
  readonly instance: string;
  readonly proxyProtocolTrusted: readonly Cidr[];
  readonly newSession: NonNullable<RawSettings["newSession"]>;
  readonly learnFrom: readonly FieldSource[];
  readonly learnLookup: readonly FieldSource[];
  readonly upstreamReuse: NonNullable<RawSettings["upstreamReuse"]>;
  /** COOKIE_SECRET or COOKIE_SECRET_FILE. */
  readonly cookieSecrets: readonly Uint8Array[];
  readonly healthProxyProtocol: boolean;
}

/** The whole configuration, every value ready for use. */
export type Settings = Omit<RawSettings, keyof ResolvedSettings> & ResolvedSettings;

/** All rows in the order of the documentation. */
export function settingEntries(): readonly (readonly [SettingKey, Setting<unknown>])[] {
  return (Object.keys(SETTINGS) as SettingKey[]).map((key) => [key, SETTINGS[key]] as const);
}

/** The rows by section. */
export function settingSections(): ReadonlyMap<Section, readonly (readonly [SettingKey, Setting<unknown>])[]> {
  const entries = settingEntries();
  const sections = new Set(entries.map(([, { section }]) => section));
  return new Map([...sections].map((section) => [section, entries.filter(([, row]) => row.section === section)]));
}
