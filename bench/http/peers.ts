import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Launched, launch } from "../../test/support/launch.ts";
import { nginxProcessLines, type PeerBackend } from "../../test/support/peers.ts";
import { BALANCER_HOST } from "../support/balancer.ts";
import { COOKIE_NAME } from "./shop.ts";

type Start = (backends: readonly PeerBackend[], prefix: readonly string[]) => Promise<Launched>;

/** How to start a real HAProxy in http mode. */
export function haproxyStarter(program: string): Start {
  return (backends, prefix) =>
    launch(BALANCER_HOST, (port, folder) => {
      const file = join(folder, "haproxy.cfg");
      writeFileSync(file, haproxyHttpConfig(backends, port));
      // -db: stay in the foreground, one process without a master.
      return split([...prefix, program, "-db", "-f", file]);
    });
}

/** How to start a real nginx with its http module. */
export function nginxStarter(program: string): Start {
  return (backends, prefix) =>
    launch(BALANCER_HOST, (port, folder) => {
      const file = join(folder, "nginx.conf");
      writeFileSync(file, nginxHttpConfig(backends, port, folder));
      // -e: without it nginx first opens the log file that was compiled in, which only root may do.
      return split([...prefix, program, "-e", "stderr", "-p", folder, "-c", file]);
    });
}

/** How to start the proxy of http-proxy-process.ts. */
export function httpProxyStarter(): Start {
  const script = join(import.meta.dirname, "http-proxy-process.js");
  return (backends, prefix) =>
    launch(BALANCER_HOST, (port) => {
      const targets = backends.map(({ host, port: backendPort }) => `${host}:${backendPort}`);
      return split([...prefix, process.execPath, script, BALANCER_HOST, String(port), ...targets]);
    });
}

/**
 * One thread, sticky by an inserted cookie that backends do not see, no log. Connections to backends are shared as far as
 * is safe (`http-reuse safe`, the default).
 */
export function haproxyHttpConfig(backends: readonly PeerBackend[], port: number): string {
  const servers = backends.map(({ host, port: p }, i) => `    server s${i + 1} ${host}:${p} cookie s${i + 1}`);
  return `${[
    "global",
    "    nbthread 1",
    "    maxconn 8000",
    "defaults",
    "    mode http",
    "    timeout connect 5s",
    "    timeout client 1m",
    "    timeout server 1m",
    "listen shop",
    `    bind ${BALANCER_HOST}:${port}`,
    "    balance leastconn",
    "    option forwardfor",
    `    cookie ${COOKIE_NAME} insert indirect nocache`,
    ...servers,
  ].join("\n")}\n`;
}

/**
 * One worker, connections to backends kept (`keepalive`), no log, nothing written to files. The free nginx has a `sticky`
 * directive from 1.29.6 on only; before, one hashes a cookie and sets one where it is missing, as here. The backend sees that
 * cookie. nginx would end every connection after 1,000 requests, which nobody else does: `keepalive_requests`.
 */
export function nginxHttpConfig(backends: readonly PeerBackend[], port: number, folder: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `    ${name}_temp_path ${join(folder, name)};`,
  );
  return `${[
    ...nginxProcessLines(folder),
    "http {",
    "    access_log off;",
    ...temporary,
    `    map $cookie_${COOKIE_NAME} $visitor { "" $request_id; default $cookie_${COOKIE_NAME}; }`,
    `    map $cookie_${COOKIE_NAME} $new_cookie { "" "${COOKIE_NAME}=$request_id; path=/"; default ""; }`,
    `    map $cookie_${COOKIE_NAME} $new_caching { "" private; default ""; }`,
    "    upstream shop {",
    "        hash $visitor consistent;",
    ...backends.map(({ host, port: p }) => `        server ${host}:${p};`),
    "        keepalive 64;",
    "        keepalive_requests 1000000000;",
    "    }",
    "    server {",
    `        listen ${BALANCER_HOST}:${port};`,
    "        keepalive_requests 1000000000;",
    "        location / {",
    "            proxy_pass http://shop;",
    "            proxy_http_version 1.1;",
    '            proxy_set_header Connection "";',
    "            proxy_set_header Host $host;",
    "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "            proxy_request_buffering off;",
    "            proxy_max_temp_file_size 0;",
    "            add_header Set-Cookie $new_cookie;",
    "            add_header Cache-Control $new_caching;",
    "        }",
    "    }",
    "}",
  ].join("\n")}\n`;
}

function split(words: readonly string[]): { readonly command: string; readonly args: readonly string[] } {
  const [command = "", ...args] = words;
  return { command, args };
}
