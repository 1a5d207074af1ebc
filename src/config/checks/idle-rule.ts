import type { RawSettings, SettingKey, Settings } from "../settings.ts";

/** When settings are read but change nothing. */
export interface IdleRule {
  /** Settings that change nothing … */
  readonly keys: readonly SettingKey[];
  /** … while this holds … */
  readonly idle: (settings: Settings, raw: RawSettings) => boolean;
  /** … which depends on these, named in the report with their texts … */
  readonly because: readonly SettingKey[];
  /** … or by these words, where the texts say it badly. To be read after "no effect while". */
  readonly reason?: string;
  readonly hint: string;
}
