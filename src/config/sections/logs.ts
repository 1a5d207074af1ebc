import { setting } from "../setting.ts";
import { duration } from "../types/duration.ts";
import { decimal } from "../types/number.ts";
import { size } from "../types/size.ts";
import { wordOrPath } from "../types/text.ts";
import { boolean, oneOf, someOf } from "../types/words.ts";

const section = "Logs";

/** What is written down. */
export const logs = {
  logLevel: setting(oneOf("error", "warn", "info", "debug"), {
    name: "LOG_LEVEL",
    section,
    default: "info",
    example: "debug",
    meaning: "least level of the operational log on stderr",
    live: true,
  }),
  logFormat: setting(oneOf("auto", "json", "pretty"), {
    name: "LOG_FORMAT",
    section,
    default: "auto",
    example: "json",
    meaning: "auto = pretty on a terminal, else json",
    live: false,
  }),
  accessLog: setting(wordOrPath("stdout", "stderr", "off"), {
    name: "ACCESS_LOG",
    section,
    default: "stdout",
    example: "/var/log/lengket/access.log",
    meaning: "where one line a connection goes, and one a request of http mode",
    live: false,
  }),
  accessLogFormat: setting(oneOf("json", "haproxy", "logfmt"), {
    name: "ACCESS_LOG_FORMAT",
    section,
    default: "json",
    example: "haproxy",
    meaning: "haproxy is its tcplog line, its httplog line for requests",
    live: false,
  }),
  accessLogSample: setting(decimal({ min: 0, max: 1 }), {
    name: "ACCESS_LOG_SAMPLE",
    section,
    default: "1",
    example: "0.01",
    meaning: "share of the connections and requests without trouble that is logged",
    live: true,
  }),
  accessLogAlways: setting(someOf("errors", "slow"), {
    name: "ACCESS_LOG_ALWAYS",
    section,
    default: "errors,slow",
    example: "errors",
    meaning: "what is never sampled away",
    live: true,
  }),
  accessLogSlowMs: setting(duration({ min: "1ms", max: "1h" }), {
    name: "ACCESS_LOG_SLOW",
    section,
    default: "1s",
    example: "200ms",
    meaning: "slow = connecting or waiting took this long",
    live: true,
  }),
  accessLogBufferBytes: setting(size({ min: "64KiB", max: "1GiB" }), {
    name: "ACCESS_LOG_BUFFER",
    section,
    default: "4MiB",
    example: "16MiB",
    meaning: "lines held for a slow reader; when it is full, lines are dropped and counted",
    live: false,
  }),
  accessLogMask: setting(boolean(), {
    name: "ACCESS_LOG_MASK",
    section,
    default: "false",
    example: "true",
    meaning: "log the prefix of a client, not its address",
    live: true,
  }),
  skewAdvice: setting(boolean(), {
    name: "SKEW_ADVICE",
    section,
    default: "true",
    example: "false",
    meaning:
      "warn of addresses that carry more than a backend should have, and of a proxy in front that hides the clients",
    live: true,
  }),
};
