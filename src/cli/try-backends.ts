import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import type { Settings } from "../config/settings.ts";
import type { Backend } from "../model/backend.ts";
import type { Clock } from "../platform/clock.ts";

/** One line of what was tried. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly result: string;
}

/** A backend that has not answered by then is taken for dead. */
const DEADLINE_MS = 1000;

/** Looks up every host name in the listeners, the backends and their health targets, each once. */
export async function lookUpNames({ listen, backends }: Settings): Promise<readonly Finding[]> {
  const hosts = [
    ...listen.map(({ place }) => (place.kind === "tcp" ? place.host : undefined)),
    ...backends.flatMap(({ host, health }) => [host, health?.host]),
  ];
  const names = [...new Set(hosts)].filter((host) => host !== undefined && isIP(host) === 0);
  return Promise.all(
    names.map(async (name): Promise<Finding> => {
      const what = `look up ${name}`;
      try {
        const addresses = await lookup(name ?? "", { all: true });
        return {
          ok: addresses.length > 0,
          what,
          result: addresses.map(({ address }) => address).join(", ") || "no address",
        };
      } catch (error) {
        return { ok: false, what, result: reason(error) };
      }
    }),
  );
}

/** Connects once to every backend, all at the same time, and closes at once. */
export async function tryBackends(backends: readonly Backend[], clock: Clock): Promise<readonly Finding[]> {
  return Promise.all(backends.map((backend) => tryBackend(backend, clock)));
}

function tryBackend({ id, host, port }: Backend, clock: Clock): Promise<Finding> {
  const place = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const what = id === place ? `connect ${id}` : `connect ${id} ${place}`;
  const startMs = clock.nowMs();
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (ok: boolean, result: string): void => {
      deadline.cancel();
      socket.destroy();
      resolve({ ok, what, result });
    };
    const deadline = clock.after(DEADLINE_MS, () => end(false, `no answer within ${DEADLINE_MS / 1000} s`));
    socket.once("connect", () => end(true, `connected in ${(clock.nowMs() - startMs).toFixed(1)} ms`));
    // Stays for the life of the socket: an error after the end must not be thrown.
    socket.on("error", (error) => end(false, reason(error)));
  });
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection reset"],
  ["ETIMEDOUT", "timed out"],
  ["EHOSTUNREACH", "host unreachable"],
  ["ENETUNREACH", "network unreachable"],
  ["ENOTFOUND", "name not found"],
  ["EAI_AGAIN", "the name server did not answer"],
]);

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS.get(code) ?? (code || error.message);
}
