import type { Bench } from "../support/bench.ts";
import { BALANCERS, findRelay } from "./balancers.ts";
import { GOALS } from "./goals.ts";
import { WORKLOADS } from "./workloads.ts";

/** What it costs to carry bytes. */
export const RELAY_BENCH: Bench = {
  script: "bench:relay",
  about: "Measures the CPU time and memory that Lengket, HAProxy, nginx and a plain Node proxy need for the same work.",
  promise: "bulk <= 0.6 and 64 B round trips <= 1.4 of HAProxy's CPU",
  balancers: BALANCERS,
  workloads: WORKLOADS,
  goals: GOALS,
  quick: { rounds: 3, warmUpMs: 80, windowMs: 320, rehearsalShare: 0.4 },
  driver: new URL("./driver-process.js", import.meta.url),
  backend: new URL("./backend-process.js", import.meta.url),
  folder: "bench/relay/results",
  find: findRelay,
};
