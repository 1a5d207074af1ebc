import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../../support/launch.ts";
import { runningOf } from "./launched-subject.ts";
import { COOKIE, placesOf, type Subject, type SubjectSetup } from "./subject.ts";

/** Where Debian keeps the modules. */
const MODULES = "/usr/lib/apache2/modules";
const LOADED = [
  ...["mpm_event", "authz_core", "headers", "reqtimeout", "slotmem_shm"],
  ...["proxy", "proxy_http", "proxy_wstunnel", "proxy_balancer", "lbmethod_byrequests"],
];

/** Apache with mod_proxy_balancer and the cookie of its manual. */
export function apache(program: string): Subject {
  const { stdout } = spawnSync(program, ["-v"], { encoding: "utf8" });
  return {
    name: "apache",
    title: "Apache",
    version: /Apache\/(\d\S*)/.exec(stdout)?.[1] ?? "unknown",
    // The route is what stands behind a dot.
    cookie: (backend) => `${COOKIE}=.${backend}`,
    start: async (setup) => {
      const launched = await launch("127.0.0.1", (port, folder) => {
        const file = join(folder, "apache.conf");
        writeFileSync(file, configuration(setup, port, folder));
        // One process, which ends when it is told to, even while its threads wait.
        return { command: program, args: ["-X", "-f", file] };
      });
      return runningOf(launched);
    },
  };
}

function configuration(setup: SubjectSetup, port: number, folder: string): string {
  const seconds = setup.profile === "short" ? 1 : 20;
  const options = `retry=0 connectiontimeout=1 timeout=${seconds} upgrade=websocket`;
  const members = placesOf(setup).map(
    ({ id, host, port: at }) => `    BalancerMember "http://${host}:${at}" route=${id} ${options}`,
  );
  return `${[
    ...LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
    `ServerRoot ${folder}`,
    `PidFile ${join(folder, "apache.pid")}`,
    `DefaultRuntimeDir ${folder}`,
    "ErrorLog /dev/null",
    "ServerName shop.example",
    `Listen 127.0.0.1:${port}`,
    "User www-data",
    "StartServers 1",
    "ServerLimit 1",
    "ThreadsPerChild 256",
    "MaxRequestWorkers 256",
    `Timeout ${seconds}`,
    `KeepAliveTimeout ${seconds}`,
    "MaxKeepAliveRequests 0",
    `RequestReadTimeout handshake=0 header=${seconds} body=${seconds}`,
    "AllowEncodedSlashes NoDecode",
    "MergeSlashes Off",
    "TraceEnable extended",
    "ProxyPreserveHost On",
    `Header add Set-Cookie "${COOKIE}=.%{BALANCER_WORKER_ROUTE}e; Path=/; HttpOnly" env=BALANCER_ROUTE_CHANGED`,
    '<Proxy "balancer://everybody">',
    ...members,
    `    ProxySet stickysession=${COOKIE}`,
    "</Proxy>",
    'ProxyPass "/" "balancer://everybody/" nocanon',
  ].join("\n")}\n`;
}
