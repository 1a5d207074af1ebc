import type { ListenAddress } from "../model/listen-address.ts";
import type { OpenablePlace } from "../path/listen.ts";
import { inheritedSockets } from "../platform/inherited-sockets.ts";
import { ListenError } from "./listen-error.ts";

/**
 * The places that an element of LISTEN stands for: itself, or every socket that the service manager passed.
 * @param env where the service manager says so
 * @throws ListenError when it passed none
 */
export function listeningPlaces(
  { name, place }: ListenAddress,
  env: Readonly<Record<string, string | undefined>>,
): readonly { readonly name: string; readonly place: OpenablePlace }[] {
  if (place.kind !== "systemd") return [{ name, place }];
  const sockets = inheritedSockets(env, process.pid);
  if (sockets.length === 0) {
    throw new ListenError(name, "ENOENT", "the service manager passed no sockets (LISTEN_PID, LISTEN_FDS)");
  }
  return sockets.map((socket) => ({ name: socket.name, place: { kind: "fd", fd: socket.fd } }));
}
