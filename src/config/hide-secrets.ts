import type { Origin } from "./origin.ts";
import { type RawSettings, type SettingKey, settingEntries } from "./settings.ts";
import { describeSecrets } from "./types/secret.ts";

/** The origins with the texts of secrets replaced by how many there are, so that whatever prints them shows none. */
export function hideSecrets(
  origins: Readonly<Record<SettingKey, Origin>>,
  { cookieSecrets }: Pick<RawSettings, "cookieSecrets">,
): Readonly<Record<SettingKey, Origin>> {
  const hidden: Record<SettingKey, Origin> = { ...origins };
  for (const [key, { secret = false }] of settingEntries()) {
    if (secret && origins[key].text !== "") hidden[key] = { ...origins[key], text: describeSecrets(cookieSecrets) };
  }
  return hidden;
}
