/** A listening socket that the service manager passed. */
export interface InheritedSocket {
  readonly fd: number;
  /** From LISTEN_FDNAMES, else `fd:N`. */
  readonly name: string;
}

/** The first descriptor after stdin, stdout and stderr (sd_listen_fds(3)). */
const FIRST_FD = 3;

/**
 * The sockets that systemd passed, by LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES (sd_listen_fds(3)). Empty when there are
 * none or they are meant for another process.
 */
export function inheritedSockets(env: Readonly<Record<string, string | undefined>>, pid: number): InheritedSocket[] {
  if (env["LISTEN_PID"] !== String(pid)) return [];
  const count = Number(env["LISTEN_FDS"]);
  if (!Number.isInteger(count) || count < 1) return [];
  const names = (env["LISTEN_FDNAMES"] ?? "").split(":");
  return Array.from({ length: count }, (_, i) => {
    const fd = FIRST_FD + i;
    const name = names[i];
    return { fd, name: name === undefined || name === "" ? `fd:${fd}` : name };
  });
}
