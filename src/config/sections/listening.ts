import { setting } from "../setting.ts";
import { optional } from "../setting-type.ts";
import { duration } from "../types/duration.ts";
import { listenList, MODES } from "../types/listen.ts";
import { integer } from "../types/number.ts";
import { text } from "../types/text.ts";
import { boolean, oneOf } from "../types/words.ts";

const section = "Listening";

/** Where clients connect, and how their sockets behave. */
export const listening = {
  listen: setting(listenList(), {
    name: "LISTEN",
    section,
    default: ":8080",
    example: ":443;name=public, unix:/run/lengket.sock;proxy=required",
    meaning: "where clients connect; without it the PORT of a platform is used; :port is IPv6 and IPv4",
    live: false,
  }),
  mode: setting(oneOf(...MODES), {
    name: "MODE",
    section,
    default: "tcp",
    example: "http",
    meaning: "what listeners speak unless they say mode=; tcp passes bytes, http routes every request by itself",
    live: false,
  }),
  listenBacklog: setting(integer({ min: 1, max: 65_535 }), {
    name: "LISTEN_BACKLOG",
    section,
    default: "4096",
    example: "1024",
    meaning: "accept queue asked of the kernel, which bounds it by net.core.somaxconn",
    live: false,
  }),
  reusePort: setting(boolean(), {
    name: "REUSE_PORT",
    section,
    default: "false",
    example: "true",
    meaning: "SO_REUSEPORT, so that a second process can take over; needs Node 22.12 or newer",
    live: false,
  }),
  tcpNoDelay: setting(boolean(), {
    name: "TCP_NODELAY",
    section,
    default: "true",
    example: "false",
    meaning: "send small writes at once (no Nagle), both sides",
    live: false,
  }),
  tcpKeepAliveMs: setting(duration({ min: "1s", max: "9h", zero: "off" }), {
    name: "TCP_KEEPALIVE",
    section,
    default: "30s",
    example: "2m",
    meaning: "idle time before the kernel's keep-alive probes, both sides",
    live: false,
  }),
  halfOpen: setting(boolean(), {
    name: "HALF_OPEN",
    section,
    default: "true",
    example: "false",
    meaning: "a side that has ended may still receive; false ends both at once",
    live: false,
  }),
  instance: setting(optional(text({ allowed: "1 to 128 printable characters", pattern: /^[^\p{C}]{1,128}$/u })), {
    name: "INSTANCE",
    section,
    default: "",
    unset: "the host name",
    example: "edge-1",
    meaning: "name of this process in logs",
    live: false,
  }),
};
