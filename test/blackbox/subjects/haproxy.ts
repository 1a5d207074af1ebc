import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../../support/launch.ts";
import { peerVersion } from "../../support/peers.ts";
import { runningOf } from "./launched-subject.ts";
import { COOKIE, placesOf, type Subject, type SubjectSetup } from "./subject.ts";

/** HAProxy with the cookie persistence of its manual; one thread. */
export function haproxy(program: string): Subject {
  return {
    name: "haproxy",
    title: "HAProxy",
    version: peerVersion(program),
    cookie: (backend) => `${COOKIE}=${backend}`,
    start: async (setup) => {
      const launched = await launch("127.0.0.1", (port, folder) => {
        const file = join(folder, "haproxy.cfg");
        writeFileSync(file, configuration(setup, port));
        return { command: program, args: ["-db", "-f", file] };
      });
      return runningOf(launched);
    },
  };
}

function configuration(setup: SubjectSetup, port: number): string {
  const time = setup.profile === "short" ? "1s" : "20s";
  const servers = placesOf(setup).map(({ id, host, port: at }) => `    server ${id} ${host}:${at} cookie ${id}`);
  return `${[
    "global",
    "    nbthread 1",
    "    maxconn 8000",
    "defaults",
    "    mode http",
    "    option redispatch",
    "    retries 2",
    "    timeout connect 1s",
    `    timeout client ${time}`,
    `    timeout server ${time}`,
    `    timeout http-request ${time}`,
    `    timeout http-keep-alive ${time}`,
    "listen web",
    `    bind 127.0.0.1:${port}`,
    "    balance roundrobin",
    `    cookie ${COOKIE} insert indirect nocache httponly`,
    ...servers,
  ].join("\n")}\n`;
}
