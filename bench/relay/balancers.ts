import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Launched, launch } from "../../test/support/launch.ts";
import { nginxHasStream, type PeerBackend, peerVersion, startHaproxy, startNginx } from "../../test/support/peers.ts";
import { findProgram } from "../../test/support/require-program.ts";
import type { BalancerName, BenchOptions } from "./options.ts";

/** A balancer that can be measured. */
export interface Balancer {
  readonly name: BalancerName;
  readonly title: string;
  readonly version: string;
  /** Starts it in front of `backends`, with `prefix` before its command. The caller stops it. */
  start(backends: readonly PeerBackend[], prefix: readonly string[]): Promise<Launched>;
}

/** A balancer that was asked for and is not there. */
export interface Missing {
  readonly name: BalancerName;
  readonly because: string;
}

/** Names of a balancer for people. */
export const TITLES: Readonly<Record<BalancerName, string>> = {
  lengket: "Lengket",
  haproxy: "HAProxy",
  nginx: "nginx",
  pipe: "a.pipe(b)",
};

const HOST = "127.0.0.1";

/** Looks for the balancers that `options` asks for. `lengketVersion` is what the report will call ours. */
export function findBalancers(
  options: Pick<BenchOptions, "balancers" | "lengket">,
  lengketVersion: string,
): { readonly found: readonly Balancer[]; readonly missing: readonly Missing[] } {
  const found: Balancer[] = [];
  const missing: Missing[] = [];
  for (const name of options.balancers) {
    const result = find(name, options, lengketVersion);
    if ("start" in result) found.push(result);
    else missing.push(result);
  }
  return { found, missing };
}

function find(name: BalancerName, options: Pick<BenchOptions, "lengket">, lengketVersion: string): Balancer | Missing {
  switch (name) {
    case "lengket":
      return findLengket(options.lengket, lengketVersion);
    case "pipe":
      return { name, title: TITLES[name], version: `Node ${process.version}`, start: startPlainPipe };
    default:
      return findPeer(name);
  }
}

function findPeer(name: "haproxy" | "nginx"): Balancer | Missing {
  const program = findProgram(name);
  if (program === undefined) return { name, because: "not installed" };
  if (name === "nginx" && !nginxHasStream(program)) return { name, because: "its stream module is not installed" };
  const start = name === "nginx" ? startNginx : startHaproxy;
  return {
    name,
    title: TITLES[name],
    version: peerVersion(program),
    start: (backends, prefix) => start({ program, backends, prefix }),
  };
}

function findLengket(command: readonly string[] | undefined, version: string): Balancer | Missing {
  const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));
  if (command === undefined && !existsSync(main)) return { name: "lengket", because: `${main} does not exist` };
  const words = command ?? [process.execPath, main, "run"];
  return {
    name: "lengket",
    title: TITLES.lengket,
    version,
    start: (backends, prefix) =>
      launch(HOST, (port) => ({ ...split([...prefix, ...words]), environment: lengketEnvironment(port, backends) })),
  };
}

/** As near to what the peers do as its settings allow: no access log, no health checks. Settings of the caller are kept out. */
export function lengketEnvironment(
  port: number,
  backends: readonly PeerBackend[],
  inherited: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const own = Object.entries(inherited).filter(([name]) => name !== "PORT" && !name.startsWith("LENGKET_"));
  return {
    ...Object.fromEntries(own),
    LENGKET_LISTEN: `${HOST}:${port}`,
    LENGKET_BACKENDS: backends.map((b, i) => `s${i + 1}=${b.host}:${b.port}`).join(", "),
    LENGKET_HEALTH: "off",
    LENGKET_ACCESS_LOG: "off",
    LENGKET_LOG_LEVEL: "warn",
    LENGKET_SHUTDOWN_MIN: "0",
    LENGKET_SHUTDOWN_QUIET: "0",
    LENGKET_SHUTDOWN_TIMEOUT: "1s",
  };
}

function startPlainPipe(backends: readonly PeerBackend[], prefix: readonly string[]): Promise<Launched> {
  const script = join(import.meta.dirname, "plain-pipe-proxy.js");
  return launch(HOST, (port) =>
    split([
      ...prefix,
      process.execPath,
      script,
      HOST,
      String(port),
      ...backends.map((backend) => `${backend.host}:${backend.port}`),
    ]),
  );
}

function split(words: readonly string[]): { readonly command: string; readonly args: readonly string[] } {
  const [command = "", ...args] = words;
  return { command, args };
}
