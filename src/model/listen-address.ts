/** Whether connections begin without a PROXY header, may begin with one, or have to. */
export type ProxyProtocolIn = "off" | "optional" | "required";
/** `tcp`: bytes are piped · `http`: requests are routed one by one. */
export type Mode = "tcp" | "http";

/** Where a listener accepts. */
export type ListenPlace =
  /** `host` undefined = every address, IPv6 and IPv4 (dual stack). Port 0 = any free port. */
  | { readonly kind: "tcp"; readonly host: string | undefined; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  /** A descriptor inherited from the parent. */
  | { readonly kind: "fd"; readonly fd: number }
  /** Every socket that systemd passed (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES). */
  | { readonly kind: "systemd" };

/** One element of LISTEN. */
export interface ListenAddress {
  readonly place: ListenPlace;
  /** Shown in logs; the address as written when the operator gave none. */
  readonly name: string;
  readonly mode: Mode;
  readonly proxyProtocolIn: ProxyProtocolIn;
}
