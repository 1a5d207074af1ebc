import { join } from "node:path";
import { type Launched, launch } from "../../test/support/launch.ts";
import { nginxHasStream, type PeerBackend, peerVersion, startHaproxy, startNginx } from "../../test/support/peers.ts";
import { findProgram } from "../../test/support/require-program.ts";
import { BALANCER_HOST, type Balancer, type Missing } from "../support/balancer.ts";
import { findLengket } from "../support/lengket.ts";
import type { BenchOptions } from "../support/options.ts";

/** All that can take part, in the order they take turns. */
export const BALANCERS: readonly string[] = ["lengket", "haproxy", "nginx", "pipe"];

/** Looks for one of `BALANCERS`. */
export function findRelay(
  name: string,
  { lengket }: Pick<BenchOptions, "lengket">,
  lengketVersion: string,
): Balancer | Missing {
  switch (name) {
    case "lengket":
      return findLengket(lengket, lengketVersion, {});
    case "haproxy":
      return findPeer("haproxy", "HAProxy");
    case "nginx":
      return findPeer("nginx", "nginx");
    default:
      return { name, title: "a.pipe(b)", version: `Node ${process.version}`, start: startPlainPipe };
  }
}

function findPeer(name: "haproxy" | "nginx", title: string): Balancer | Missing {
  const program = findProgram(name);
  if (program === undefined) return { name, title, because: "not installed" };
  if (name === "nginx" && !nginxHasStream(program))
    return { name, title, because: "its stream module is not installed" };
  const start = name === "nginx" ? startNginx : startHaproxy;
  return {
    name,
    title,
    version: peerVersion(program),
    start: (backends, prefix) => start({ program, backends, prefix }),
  };
}

function startPlainPipe(backends: readonly PeerBackend[], prefix: readonly string[]): Promise<Launched> {
  const script = join(import.meta.dirname, "plain-pipe-proxy.js");
  return launch(BALANCER_HOST, (port) => {
    const addresses = backends.map((backend) => `${backend.host}:${backend.port}`);
    const words = [...prefix, process.execPath, script, BALANCER_HOST, String(port), ...addresses];
    const [command = "", ...args] = words;
    return { command, args };
  });
}
