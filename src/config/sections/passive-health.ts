import { setting } from "../setting.ts";
import { duration } from "../types/duration.ts";
import { integer } from "../types/number.ts";
import { boolean } from "../types/words.ts";

const section = "Passive health, retries";

/** What real connections tell about backends, and what happens to those that fail. */
export const passiveHealth = {
  passive: setting(boolean(), {
    name: "PASSIVE",
    section,
    default: "true",
    example: "false",
    meaning: "eject backends that real connections cannot reach",
    live: false,
  }),
  passiveFailures: setting(integer({ min: 1, max: 1000 }), {
    name: "PASSIVE_FAILURES",
    section,
    default: "3",
    example: "5",
    meaning: "connect failures within PASSIVE_WINDOW that eject a backend",
    live: false,
  }),
  passiveWindowMs: setting(duration({ min: "100ms", max: "1h" }), {
    name: "PASSIVE_WINDOW",
    section,
    default: "10s",
    example: "30s",
    meaning: "time within which failures are counted",
    live: false,
  }),
  ejectTimeMs: setting(duration({ min: "100ms" }), {
    name: "EJECT_TIME",
    section,
    default: "10s",
    example: "30s",
    meaning: "length of the first ejection; doubles each time",
    live: false,
  }),
  ejectMaxTimeMs: setting(duration({ min: "100ms" }), {
    name: "EJECT_MAX_TIME",
    section,
    default: "5m",
    example: "10m",
    meaning: "length of the longest ejection",
    live: false,
  }),
  ejectMaxPercent: setting(integer({ min: 0, max: 100 }), {
    name: "EJECT_MAX_PERCENT",
    section,
    default: "50",
    example: "30",
    meaning: "share of the backends that may be ejected at the same time",
    live: false,
  }),
  panicPercent: setting(integer({ min: 0, max: 100 }), {
    name: "PANIC_PERCENT",
    section,
    default: "0",
    example: "30",
    meaning: "below this share of healthy backends health is ignored; 0 = never",
    live: false,
  }),
  retries: setting(integer({ min: 0, max: 100 }), {
    name: "RETRIES",
    section,
    default: "2",
    example: "3",
    meaning: "further attempts to connect: first the same backend, then the next ones",
    live: false,
  }),
  retryDelayMs: setting(duration({ min: "1ms", max: "1m", zero: "at once" }), {
    name: "RETRY_DELAY",
    section,
    default: "50ms",
    example: "100ms",
    meaning: "pause before a retry, with jitter",
    live: false,
  }),
};
