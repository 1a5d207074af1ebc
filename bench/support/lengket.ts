import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch } from "../../test/support/launch.ts";
import type { PeerBackend } from "../../test/support/peers.ts";
import { BALANCER_HOST, type Balancer, type Missing } from "./balancer.ts";

const NAMED = { name: "lengket", title: "Lengket" } as const;

/** Settings without their prefix `LENGKET_`. */
export type LengketSettings = Readonly<Record<string, string>>;

/**
 * Lengket as a balancer to measure.
 * @param command how to run it; undefined = the one compiled next to the benchmark
 * @param version what the report will call it
 */
export function findLengket(
  command: readonly string[] | undefined,
  version: string,
  settings: LengketSettings,
): Balancer | Missing {
  const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));
  if (command === undefined && !existsSync(main)) return { ...NAMED, because: `${main} does not exist` };
  const words = command ?? [process.execPath, main, "run"];
  return {
    ...NAMED,
    version,
    start: (backends, prefix) => {
      const [first = "", ...args] = [...prefix, ...words];
      return launch(BALANCER_HOST, (port) => ({
        command: first,
        args,
        environment: lengketEnvironment(port, backends, settings),
      }));
    },
  };
}

/** As near to what the peers do as its settings allow: no access log, no health checks. Settings of the caller are kept out. */
export function lengketEnvironment(
  port: number,
  backends: readonly PeerBackend[],
  settings: LengketSettings,
  inherited: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const others = Object.entries(inherited).filter(([name]) => name !== "PORT" && !name.startsWith("LENGKET_"));
  const own: LengketSettings = {
    LISTEN: `${BALANCER_HOST}:${port}`,
    BACKENDS: backends.map((b, i) => `s${i + 1}=${b.host}:${b.port}`).join(", "),
    HEALTH: "off",
    ACCESS_LOG: "off",
    LOG_LEVEL: "warn",
    SHUTDOWN_MIN: "0",
    SHUTDOWN_QUIET: "0",
    SHUTDOWN_TIMEOUT: "1s",
    ...settings,
  };
  return {
    ...Object.fromEntries(others),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`LENGKET_${name}`, value])),
  };
}
