import type { Backend } from "../../model/backend.ts";
import type { ProbeOutcome } from "./check-result.ts";

/**
 * One check of one backend. Never rejects. Once `signal` is aborted the promise settles without delay (the reason of the
 * abort is a text for the outcome, `timeout after 1s`) and every socket is closed; who calls it owns the deadline.
 */
export type Probe = (backend: Backend, signal: AbortSignal) => Promise<ProbeOutcome>;
