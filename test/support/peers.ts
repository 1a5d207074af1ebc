import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { type Launched, launch } from "./launch.ts";

export type PeerName = "haproxy" | "nginx";

/** Where a peer sends connections. */
export interface PeerBackend {
  readonly host: string;
  readonly port: number;
}

export interface PeerOptions {
  /** The program's path, from `requireProgram` or `findProgram`. */
  readonly program: string;
  readonly backends: readonly PeerBackend[];
  /** Where it listens: 127.0.0.1 (default) or ::1. */
  readonly host?: string;
  /** It expects a PROXY protocol header from its clients. */
  readonly acceptsProxyHeader?: boolean;
  /** It sends a PROXY protocol header to its backends. nginx can send version 1 only. */
  readonly sendsProxyHeader?: "v1" | "v2";
  /** Put before the command, e.g. `["taskset", "-c", "1"]`. */
  readonly prefix?: readonly string[];
}

/** Starts a real HAProxy: tcp mode, one thread, consistent hashing of the client address, no log. The caller stops it. */
export function startHaproxy(options: PeerOptions): Promise<Launched> {
  return launch(options.host ?? "127.0.0.1", (port, folder) => {
    const file = join(folder, "haproxy.cfg");
    writeFileSync(file, haproxyConfig(options, port));
    // -db: stay in the foreground, one process without a master.
    return prefixed(options, ["-db", "-f", file]);
  });
}

/** Starts a real nginx: stream module, one worker, consistent hashing of the client address, no access log. The caller stops it. */
export function startNginx(options: PeerOptions): Promise<Launched> {
  const stream = nginxStreamModule(nginxBuild(options.program));
  if (stream === undefined) throw new Error(`${options.program} is built without the stream module`);
  return launch(options.host ?? "127.0.0.1", (port, folder) => {
    const file = join(folder, "nginx.conf");
    writeFileSync(file, nginxConfig(options, port, folder, stream));
    // -e: without it nginx first opens the log file that was compiled in, which only root may do.
    return prefixed(options, ["-e", "stderr", "-p", folder, "-c", file]);
  });
}

/** Whether `startNginx` can work with this program: nginx may be built, or packaged, without the stream module. */
export function nginxHasStream(program: string): boolean {
  return nginxStreamModule(nginxBuild(program)) !== undefined;
}

/** The version a peer reports, e.g. `2.6.12-1+deb12u4` or `1.22.1`; `unknown` when it does not say. */
export function peerVersion(program: string): string {
  const { stdout, stderr } = spawnSync(program, ["-v"], { encoding: "utf8" });
  return /version:?\s+(?:nginx\/)?(\d\S*)/.exec(`${stdout}${stderr}`)?.[1] ?? "unknown";
}

/** The text of a haproxy.cfg; its directives are those of HAProxy 2.4 and later. */
export function haproxyConfig(options: PeerOptions, port: number): string {
  const bind = `${bracketed(options.host ?? "127.0.0.1")}:${port}`;
  const send = { v1: " send-proxy", v2: " send-proxy-v2", none: "" }[options.sendsProxyHeader ?? "none"];
  const servers = options.backends.map((b, i) => `    server s${i + 1} ${bracketed(b.host)}:${b.port}${send}`);
  return `${[
    "global",
    "    nbthread 1",
    "    maxconn 8000",
    "defaults",
    "    mode tcp",
    "    timeout connect 5s",
    "    timeout client 10m",
    "    timeout server 10m",
    "listen stream",
    `    bind ${bind}${options.acceptsProxyHeader === true ? " accept-proxy" : ""}`,
    "    balance source",
    "    hash-type consistent",
    ...servers,
  ].join("\n")}\n`;
}

/** The part of an nginx.conf that is about the process: one in the foreground, which writes no files but its pid. */
export function nginxProcessLines(folder: string): readonly string[] {
  return [
    "daemon off;",
    "worker_processes 1;",
    "worker_rlimit_nofile 20000;",
    `pid ${join(folder, "nginx.pid")};`,
    // One process for all: whoever measures it need not wait until a worker has been forked.
    "master_process off;",
    "error_log stderr error;",
    "events { worker_connections 16384; }",
  ];
}

/** The text of an nginx.conf. `streamModule` is the path of the dynamic module, empty when it is built in. */
export function nginxConfig(options: PeerOptions, port: number, folder: string, streamModule: string): string {
  if (options.sendsProxyHeader === "v2") throw new Error("nginx sends PROXY protocol version 1 only");
  const bind = `${bracketed(options.host ?? "127.0.0.1")}:${port}`;
  // With a PROXY header $remote_addr is still the hop; the header's address is $proxy_protocol_addr.
  const key = options.acceptsProxyHeader === true ? "$proxy_protocol_addr" : "$remote_addr";
  return `${[
    ...(streamModule === "" ? [] : [`load_module ${streamModule};`]),
    ...nginxProcessLines(folder),
    "stream {",
    `    upstream backends { hash ${key} consistent;${options.backends.map((b) => ` server ${bracketed(b.host)}:${b.port};`).join("")} }`,
    "    server {",
    `        listen ${bind}${options.acceptsProxyHeader === true ? " proxy_protocol" : ""};`,
    "        proxy_pass backends;",
    "        proxy_connect_timeout 5s;",
    "        proxy_timeout 10m;",
    ...(options.sendsProxyHeader === "v1" ? ["        proxy_protocol on;"] : []),
    "    }",
    "}",
  ].join("\n")}\n`;
}

/**
 * What to load for `stream { … }`, from the output of `nginx -V`: a path, empty when the module is built in, undefined
 * when this nginx has none. `exists` says whether a file is there: distributions ship the dynamic module as a package of its own.
 */
export function nginxStreamModule(build: string, exists: (path: string) => boolean = existsSync): string | undefined {
  const flag = /--with-stream(=dynamic)?(?=\s|$)/.exec(build);
  if (flag === null) return undefined;
  if (flag[1] === undefined) return "";
  const folder = /--modules-path=(\S+)/.exec(build)?.[1] ?? "/usr/lib/nginx/modules";
  const path = join(folder, "ngx_stream_module.so");
  return exists(path) ? path : undefined;
}

function nginxBuild(program: string): string {
  const { stdout, stderr } = spawnSync(program, ["-V"], { encoding: "utf8" });
  return `${stdout}${stderr}`;
}

function prefixed(options: PeerOptions, args: readonly string[]): { command: string; args: readonly string[] } {
  const [command = options.program, ...rest] = [...(options.prefix ?? []), options.program, ...args];
  return { command, args: rest };
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
