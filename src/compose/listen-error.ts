/** A listening place could not be opened. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  /** The listener's name, e.g. `:8080`. */
  readonly listener: string;
  /** Node's code, e.g. `EADDRINUSE`. */
  readonly code: string;

  constructor(listener: string, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.listener = listener;
    this.code = code;
  }
}

const LISTEN_HINTS: ReadonlyMap<string, string> = new Map([
  ["EADDRINUSE", "another process listens there"],
  ["EACCES", "this user may not listen there; ports below 1024 need privileges or socket activation"],
  ["EADDRNOTAVAIL", "this machine does not have that address"],
  ["ENOENT", "the directory does not exist"],
  ["EBADF", "no such descriptor was inherited"],
  ["EINVAL", "the descriptor is not a listening socket"],
]);

/** What Node said, in words that help. */
export function listenError(name: string, error: unknown): ListenError {
  if (error instanceof ListenError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  const hint = LISTEN_HINTS.get(code);
  const message = `cannot listen on ${name}: ${hint === undefined ? String(error) : `${hint} (${code})`}`;
  return new ListenError(name, code, message, { cause: error });
}
