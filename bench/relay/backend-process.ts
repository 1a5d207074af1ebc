import { startBackend } from "./backend.ts";
import { listenRequest } from "./messages.ts";
import { serveParent } from "./serve-parent.ts";

// The process behind all the balancers. Its servers live until the process ends.

serveParent(async (message) => {
  const { hosts, seed } = listenRequest.parse(message);
  const { ports } = await startBackend(hosts, seed);
  return { ports };
});
