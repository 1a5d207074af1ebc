import { createHttpProbe, type HttpProbeOptions } from "./http-probe.ts";
import type { Probe } from "./probe.ts";
import { createTcpProbe } from "./tcp-probe.ts";

/** How backends are checked; `tcp` uses the port and the PROXY header only. */
export interface ProbeOptions extends HttpProbeOptions {
  readonly kind: "tcp" | "http";
}

/** The probe that HEALTH asks for. */
export function createProbe(options: ProbeOptions): Probe {
  return options.kind === "tcp" ? createTcpProbe(options) : createHttpProbe(options);
}
