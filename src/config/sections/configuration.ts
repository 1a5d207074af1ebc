import { setting } from "../setting.ts";
import { boolean } from "../types/words.ts";

/** How the settings themselves are read. */
export const configuration = {
  strict: setting(boolean(), {
    name: "STRICT",
    section: "Configuration",
    default: "true",
    example: "false",
    meaning: "an unknown variable with our prefix is an error; false makes it a warning",
    live: false,
  }),
};
