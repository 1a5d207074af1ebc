import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PeerServer, Placement } from "../../src/skew/peers/peer.ts";
import { type Launched, launch } from "./launch.ts";
import { nginxStreamModule } from "./peers.ts";

/** One list of servers in a peer's configuration, and the model of it. */
export interface Scene {
  readonly name: string;
  /** The lines that say how to choose: `ip_hash;`, or `balance source` and `hash-type …`. */
  readonly method: readonly string[];
  readonly servers: readonly PeerServer[];
  readonly model: Placement;
}

/** Scenes of one program: over HTTP at `/0`, `/1`, … of one address, over TCP at an address of their own each. */
export interface Scenes {
  readonly http: readonly Scene[];
  readonly tcp: readonly Scene[];
}

/** The address of a TCP scene; all are on one port, which is free at all addresses or the program is started again. */
export function tcpSceneHost(index: number): string {
  return `127.0.0.${index + 2}`;
}

/** Starts a real nginx of one process, so that one round robin serves all clients. The caller stops it. */
export function startNginxScenes(program: string, { http, tcp }: Scenes): Promise<Launched> {
  const { stdout, stderr } = spawnSync(program, ["-V"], { encoding: "utf8" });
  const stream = nginxStreamModule(`${stdout}${stderr}`);
  if (stream === undefined) throw new Error(`${program} is built without the stream module`);
  return launch("127.0.0.1", (port, folder) => {
    const file = join(folder, "nginx.conf");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const lines = [
      ...(stream === "" ? [] : [`load_module ${stream};`]),
      "daemon off;",
      "master_process off;",
      "worker_rlimit_nofile 8000;",
      `pid ${join(folder, "nginx.pid")};`,
      "error_log stderr error;",
      "events { worker_connections 4096; }",
      "http {",
      "access_log off;",
      "keepalive_requests 10000;",
      ...temporary.map((name) => `${name}_temp_path ${join(folder, name)};`),
      ...http.map((scene, i) => `upstream u${i} { ${scene.method.join(" ")} ${nginxServers(scene)} keepalive 32; }`),
      `server { listen 127.0.0.1:${port}; listen [::1]:${port};`,
      'proxy_http_version 1.1; proxy_set_header Connection "";',
      ...http.map((_, i) => `location = /${i} { proxy_pass http://u${i}; }`),
      "} }",
      "stream {",
      ...tcp.map(
        (scene, i) =>
          `upstream u${i} { ${scene.method.join(" ")} ${nginxServers(scene)} } ` +
          `server { listen ${tcpSceneHost(i)}:${port}; proxy_pass u${i}; }`,
      ),
      "}",
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    return { command: program, args: ["-e", "stderr", "-p", folder, "-c", file] };
  });
}

/** Starts a real HAProxy of one thread. The caller stops it. */
export function startHaproxyScenes(program: string, { http, tcp }: Scenes): Promise<Launched> {
  return launch("127.0.0.1", (port, folder) => {
    const file = join(folder, "haproxy.cfg");
    const lines = [
      "global",
      "    nbthread 1",
      "    maxconn 4000",
      "defaults",
      "    timeout connect 5s",
      "    timeout client 1m",
      "    timeout server 1m",
      "frontend http",
      "    mode http",
      `    bind 127.0.0.1:${port}`,
      `    bind [::1]:${port}`,
      ...http.map((_, i) => `    use_backend u${i} if { path /${i} }`),
      ...http.flatMap((scene, i) => [`backend u${i}`, "    mode http", "    http-reuse always", ...haproxyBody(scene)]),
      ...tcp.flatMap((scene, i) => [
        `listen t${i}`,
        "    mode tcp",
        `    bind ${tcpSceneHost(i)}:${port}`,
        ...haproxyBody(scene),
      ]),
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    return { command: program, args: ["-db", "-f", file] };
  });
}

function nginxServers({ servers }: Scene): string {
  return servers
    .map(({ address, weight, down }) => `server ${address} weight=${weight} max_fails=0${down ? " down" : ""};`)
    .join(" ");
}

function haproxyBody({ method, servers }: Scene): readonly string[] {
  return [
    ...method.map((line) => `    ${line}`),
    ...servers.map(
      ({ address, weight, down, backup }, i) =>
        `    server s${i} ${address} weight ${weight}${down ? " disabled" : ""}${backup ? " backup" : ""}`,
    ),
  ];
}
