import { type Browser, chromium } from "playwright-core";

/** No sandbox (tests may run as root), no traffic of its own, and no name but those of this machine. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
] as const;

/**
 * Starts a real Chromium without a window, with an empty profile. Every `newContext` is a visitor of its own. The caller
 * closes it.
 *
 * @param program the path of chromium, from `requireProgram`
 */
export function startChromium(program: string): Promise<Browser> {
  return chromium.launch({ executablePath: program, headless: true, args: [...ARGS] });
}
