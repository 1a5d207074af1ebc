import { listenRequest } from "../support/messages.ts";
import { serveParent } from "../support/serve-parent.ts";
import { startBackend } from "./backend.ts";

// The process behind all the balancers. Its servers live until the process ends.

serveParent(async (message) => {
  const { hosts, seed } = listenRequest.parse(message);
  const { ports } = await startBackend(hosts, seed);
  return { ports };
});
