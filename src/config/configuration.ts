import type { ConfigProblem } from "../model/failure.ts";
import type { Origin } from "./origin.ts";
import type { SettingKey, Settings } from "./settings.ts";

/** A configuration that can be used. */
export interface Configuration {
  readonly settings: Settings;
  /** Where every setting came from. */
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  /** What is allowed but hardly meant; in the order of the table. */
  readonly warnings: readonly ConfigProblem[];
}
