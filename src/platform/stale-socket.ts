import { lstatSync } from "node:fs";
import net from "node:net";

/**
 * Whether a unix socket's file was left behind by a process that is gone: nobody answers on it. Connecting to any other
 * file is refused as well, and that file may be precious.
 *
 * @param error why listening on `path` failed
 */
export function isStaleSocket(path: string, error: unknown): Promise<boolean> {
  if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") return Promise.resolve(false);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = net.connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (failure) => resolve((failure as NodeJS.ErrnoException).code === "ECONNREFUSED"));
  });
}
