/** An address and port as they appear on a socket or in a PROXY header. */
export interface Endpoint {
  /** Text form without brackets or zone; IPv4-mapped IPv6 is folded to dotted IPv4. Empty for a unix socket. */
  readonly address: string;
  readonly port: number;
}

/** What identifies a client for placement. */
export interface ClientKey {
  /** 4 bytes (IPv4) or 16 bytes (IPv6), masked to the prefix; plus 2 bytes of port when HASH_KEY=client_ip_port. */
  readonly bytes: Uint8Array;
  /** The same as text, e.g. `203.0.113.7/32`: the name of the client in limits, pins and logs. */
  readonly text: string;
}
