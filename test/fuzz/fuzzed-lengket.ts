import { LengketProcess } from "../support/lengket-process.ts";
import { settingOf, type TestBackend } from "../support/test-backend.ts";
import { COOKIE } from "./grammar.ts";

/** Lengket in front of `backends`, with cookies that name them. What happens to one connection changes nothing for others. The caller ends it with `kill`. */
export function startFuzzed(backends: readonly TestBackend[]): Promise<LengketProcess> {
  return LengketProcess.start({
    MODE: "http",
    BACKENDS: settingOf(backends),
    COOKIE_NAME: COOKIE,
    COOKIE_VALUE: "id",
    NEW_SESSION: "round_robin",
    NEW_SESSION_HINT: "0",
    PASSIVE: "false",
    ACCESS_LOG: "off",
  });
}
