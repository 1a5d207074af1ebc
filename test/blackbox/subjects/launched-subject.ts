import { existsSync } from "node:fs";
import type { Launched } from "../../support/launch.ts";
import type { RunningSubject } from "./subject.ts";

/** A foreign program as a subject. */
export function runningOf(launched: Launched): RunningSubject {
  return {
    port: launched.port,
    alive: () => existsSync(`/proc/${launched.pid}`),
    stop: () => launched.stop(),
  };
}
