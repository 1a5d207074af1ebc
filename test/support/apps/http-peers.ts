import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Launched, launch } from "../launch.ts";

/** A server line of HAProxy: its name, and where it is. */
export interface NamedServer {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

export interface HttpHaproxyOptions {
  /** The program's path, from `requireProgram`. */
  readonly program: string;
  readonly servers?: readonly NamedServer[];
  /** The persistence cookie, e.g. `SRV insert indirect nocache`; every server has its own name as its value. */
  readonly cookie?: string;
  /** Behind `bind`, e.g. `accept-proxy`. */
  readonly bind?: string;
  /** Behind every `server`, e.g. `send-proxy-v2`. */
  readonly server?: string;
  /** More lines, e.g. `option forwardfor`. */
  readonly lines?: readonly string[];
}

/** Starts a real HAProxy in http mode on 127.0.0.1, round robin. The caller stops it. */
export function startHttpHaproxy(options: HttpHaproxyOptions): Promise<Launched> {
  return launch("127.0.0.1", (port, folder) => {
    const file = join(folder, "haproxy.cfg");
    writeFileSync(file, httpHaproxyConfig(options, port));
    return { command: options.program, args: ["-db", "-f", file] };
  });
}

/** The text of a haproxy.cfg; its directives are those of HAProxy 2.4 and later. */
function httpHaproxyConfig(options: HttpHaproxyOptions, port: number): string {
  const { servers = [], cookie, bind = "", server = "", lines = [] } = options;
  return `${[
    "global",
    "    nbthread 1",
    "defaults",
    "    mode http",
    "    timeout connect 5s",
    "    timeout client 1m",
    "    timeout server 1m",
    "listen web",
    `    bind 127.0.0.1:${port} ${bind}`,
    "    balance roundrobin",
    ...(cookie === undefined ? [] : [`    cookie ${cookie}`]),
    ...lines.map((line) => `    ${line}`),
    ...servers.map(
      ({ id, host, port }) =>
        `    server ${id} ${host}:${port} ${cookie === undefined ? "" : `cookie ${id}`} ${server}`,
    ),
  ].join("\n")}\n`;
}

export interface HttpNginxOptions {
  /** The program's path, from `requireProgram`. */
  readonly program: string;
  /** Behind `listen`, e.g. `proxy_protocol`. */
  readonly listen?: string;
  /** What stands in `upstream upstream { … }`, if there is to be one. */
  readonly upstream?: readonly string[];
  /** What stands in `server { … }`, e.g. `location / { … }`. */
  readonly lines: readonly string[];
}

/** Starts a real nginx with one http server on 127.0.0.1. The caller stops it. */
export function startHttpNginx({ program, listen = "", upstream = [], lines }: HttpNginxOptions): Promise<Launched> {
  return launch("127.0.0.1", (port, folder) => {
    const file = join(folder, "nginx.conf");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const text = [
      "daemon off;",
      "master_process off;",
      `pid ${join(folder, "nginx.pid")};`,
      "error_log stderr error;",
      "events { worker_connections 256; }",
      "http {",
      "    access_log off;",
      ...temporary.map((name) => `    ${name}_temp_path ${join(folder, name)};`),
      ...(upstream.length === 0 ? [] : [`    upstream upstream { ${upstream.join(" ")} }`]),
      "    server {",
      `        listen 127.0.0.1:${port} ${listen};`,
      ...lines.map((line) => `        ${line}`),
      "    }",
      "}",
    ];
    writeFileSync(file, `${text.join("\n")}\n`);
    return { command: program, args: ["-e", "stderr", "-p", folder, "-c", file] };
  });
}

/** Whether this nginx was built with the module that believes its proxies (`set_real_ip_from`). */
export function nginxHasRealIp(program: string): boolean {
  const { stdout, stderr } = spawnSync(program, ["-V"], { encoding: "utf8" });
  return `${stdout}${stderr}`.includes("--with-http_realip_module");
}
