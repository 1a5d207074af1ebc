import type { Settings } from "../settings.ts";

/** What the listeners speak: depends on LISTEN and MODE. */
type Listening = Pick<Settings, "listen">;

/** Whether a listener routes requests. */
export function hasHttp({ listen }: Listening): boolean {
  return listen.some(({ mode }) => mode === "http");
}

/** Whether a listener passes bytes. */
export function hasTcp({ listen }: Listening): boolean {
  return listen.some(({ mode }) => mode === "tcp");
}

/** Whether a new client's backend is picked freely, not by the hash of anything. */
export function picksFreely({ cookieMode, newSession }: Pick<Settings, "cookieMode" | "newSession">): boolean {
  return cookieMode !== "off" && newSession !== "hash";
}
