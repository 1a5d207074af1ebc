import { request } from "node:http";
import type { AdminListen } from "../config/types/admin-listen.ts";

/** What the admin interface answered. */
export interface AdminReply {
  readonly status: number;
  /** Undefined when it is no JSON: somebody else answered. */
  readonly body: unknown;
}

const TIMEOUT_MS = 5000;
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Asks a running balancer.
 * @throws the error of the connection (`ECONNREFUSED`, `ENOENT`, …) when nobody answers
 */
export function askAdmin(place: Exclude<AdminListen, "off">, path: string): Promise<AdminReply> {
  const where = place.kind === "unix" ? { socketPath: place.path } : { host: place.host, port: place.port };
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, path, agent: false, timeout: TIMEOUT_MS, headers: { Host: "localhost" } });
    asked.on("error", reject);
    asked.on("timeout", () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    asked.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > LONGEST_ANSWER_BYTES) response.destroy(new Error("the answer does not end"));
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }));
    });
    asked.end();
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
