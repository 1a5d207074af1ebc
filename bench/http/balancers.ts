import { createRequire } from "node:module";
import { peerVersion } from "../../test/support/peers.ts";
import { findProgram } from "../../test/support/require-program.ts";
import type { Balancer, Missing } from "../support/balancer.ts";
import { findLengket, type LengketSettings } from "../support/lengket.ts";
import type { BenchOptions } from "../support/options.ts";
import { haproxyStarter, httpProxyStarter, nginxStarter } from "./peers.ts";
import { COOKIE_NAME } from "./shop.ts";

/** All that can take part, in the order they take turns. */
export const BALANCERS: readonly string[] = ["lengket", "haproxy", "nginx", "http-proxy-3"];

/** The defaults of http mode: an opaque token, which only a secret makes unforgeable. */
export const SETTINGS: LengketSettings = {
  MODE: "http",
  COOKIE_NAME,
  COOKIE_SECRET: "known-to-everybody-who-reads-this-file",
};

/** Looks for one of `BALANCERS`. */
export function findHttp(
  name: string,
  { lengket }: Pick<BenchOptions, "lengket">,
  lengketVersion: string,
): Balancer | Missing {
  switch (name) {
    case "lengket":
      return findLengket(lengket, lengketVersion, SETTINGS);
    case "haproxy":
      return findPeer(name, "HAProxy", haproxyStarter);
    case "nginx":
      return findPeer(name, "nginx", nginxStarter);
    default:
      return { name, title: name, version: httpProxyVersion(), start: httpProxyStarter() };
  }
}

function findPeer(
  name: "haproxy" | "nginx",
  title: string,
  starter: (program: string) => Balancer["start"],
): Balancer | Missing {
  const program = findProgram(name);
  if (program === undefined) return { name, title, because: "not installed" };
  return { name, title, version: peerVersion(program), start: starter(program) };
}

function httpProxyVersion(): string {
  const { version } = createRequire(import.meta.url)("http-proxy-3/package.json") as { readonly version: string };
  return version;
}
