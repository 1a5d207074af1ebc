import type { Endpoint } from "../model/client-key.ts";
import type { RelaySocket } from "../platform/relay-socket.ts";
import { encodeProxyV1, encodeProxyV2 } from "../proxy-protocol/encode.ts";

/** Tells a backend, ahead of everything else, who the client is and where it connected to (PROXY_PROTOCOL_OUT). */
export function sendProxyHeader(
  backend: RelaySocket,
  version: "off" | "v1" | "v2",
  client: Endpoint,
  destination: Endpoint | undefined,
): void {
  if (version === "off") return;
  const encode = version === "v1" ? encodeProxyV1 : encodeProxyV2;
  backend.write(encode(client, destination ?? { address: "", port: 0 }));
}
