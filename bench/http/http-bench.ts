import type { Bench } from "../support/bench.ts";
import { BALANCERS, findHttp } from "./balancers.ts";
import { GOALS } from "./goals.ts";
import { WORKLOADS } from "./workloads.ts";

/** What it costs to bring every request to the backend of its cookie. */
export const HTTP_BENCH: Bench = {
  script: "bench:http",
  about: "Measures the CPU time that Lengket, HAProxy, nginx and http-proxy-3 need for requests with sticky cookies.",
  promise: "keep-alive <= 1.25 of the better of HAProxy and nginx, close <= 1.2 of HAProxy, <= 0.4 of http-proxy-3",
  balancers: BALANCERS,
  workloads: WORKLOADS,
  goals: GOALS,
  quick: { rounds: 2, warmUpMs: 60, windowMs: 240, rehearsalShare: 0.15 },
  driver: new URL("./driver-process.js", import.meta.url),
  backend: new URL("./backend-process.js", import.meta.url),
  folder: "bench/http/results",
  find: findHttp,
};
