import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../../support/launch.ts";
import { peerVersion } from "../../support/peers.ts";
import { runningOf } from "./launched-subject.ts";
import { type BackendPlace, COOKIE, placesOf, type Subject, type SubjectSetup } from "./subject.ts";

/**
 * nginx without its commercial `sticky`: a map from the cookie to an upstream of its own for each backend, with the
 * others as backups, and a Set-Cookie for the backend that answered; upstream keep-alive and WebSockets as in its manual.
 */
export function nginx(program: string): Subject {
  return {
    name: "nginx",
    title: "nginx",
    version: peerVersion(program),
    cookie: (backend) => `${COOKIE}=${backend}`,
    start: async (setup) => {
      const launched = await launch("127.0.0.1", (port, folder) => {
        const file = join(folder, "nginx.conf");
        writeFileSync(file, configuration(setup, port, folder));
        return { command: program, args: ["-e", "stderr", "-p", folder, "-c", file] };
      });
      return runningOf(launched);
    },
  };
}

function configuration(setup: SubjectSetup, port: number, folder: string): string {
  const places = placesOf(setup);
  const time = setup.profile === "short" ? "1s" : "20s";
  const at = (place: BackendPlace): string => `${place.host}:${place.port}`;
  const upstream = (place: BackendPlace): string => {
    const backups = places.filter((other) => other !== place && other !== setup.dead).slice(0, 2);
    const servers = [place, ...backups].map((one, i) => `server ${at(one)} max_fails=0${i === 0 ? "" : " backup"};`);
    return `    upstream ${place.id} { ${servers.join(" ")} keepalive 64; }`;
  };
  return `${[
    "daemon off;",
    "worker_processes 1;",
    "master_process off;",
    `pid ${join(folder, "nginx.pid")};`,
    "error_log stderr crit;",
    "events { worker_connections 4096; }",
    "http {",
    "    access_log off;",
    ...["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((n) => `    ${n}_temp_path ${join(folder, n)};`),
    "    client_max_body_size 0;",
    "    underscores_in_headers on;",
    "    lingering_timeout 1s;",
    `    client_header_timeout ${time};`,
    `    client_body_timeout ${time};`,
    `    keepalive_timeout ${time};`,
    ...places.map(upstream),
    `    upstream everybody { ${places.map((place) => `server ${at(place)} max_fails=0;`).join(" ")} keepalive 64; }`,
    `    map $cookie_${COOKIE} $pool { default everybody; ${places.map(({ id }) => `${id} ${id};`).join(" ")} }`,
    `    map "$cookie_${COOKIE} $upstream_addr" $sticky {`,
    '        default "";',
    ...places.map((place) => `        "${place.id} ${at(place)}" "";`),
    ...places.map((place) => `        "~ ${at(place)}$" "${COOKIE}=${place.id}; Path=/; HttpOnly";`),
    "    }",
    '    map $http_upgrade $connection_upgrade { default upgrade; "" ""; }',
    "    server {",
    `        listen 127.0.0.1:${port};`,
    "        location / {",
    "            proxy_pass http://$pool;",
    "            proxy_http_version 1.1;",
    "            proxy_set_header Host $http_host;",
    "            proxy_set_header Upgrade $http_upgrade;",
    "            proxy_set_header Connection $connection_upgrade;",
    "            proxy_buffer_size 32k;",
    "            proxy_buffers 8 32k;",
    "            proxy_connect_timeout 1s;",
    `            proxy_read_timeout ${time};`,
    "            add_header Set-Cookie $sticky always;",
    "        }",
    "    }",
    "}",
  ].join("\n")}\n`;
}
