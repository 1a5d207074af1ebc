/** What a request says of where it comes from. */
export interface ControlRequest {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

/**
 * Why a request to the control of the demo is refused; undefined when it is not. Any page in the reader's browser can send
 * requests to loopback, so only those of the shop's own page count: by `Origin`, which pages cannot set (Fetch standard,
 * "forbidden request-header"), and by `Host`, so that no foreign name that resolves to loopback leads here (DNS rebinding).
 *
 * @param port where the control listens
 * @param shopPort where the page is served
 */
export function whyRefused(
  { method, host, origin }: ControlRequest,
  port: number,
  shopPort: number,
): string | undefined {
  if (host === undefined || !hostsOf(port).includes(host)) return "not addressed to this port of loopback";
  if (origin === undefined || !originsOf(shopPort).includes(origin)) return "not sent by the page of the shop";
  return method === "GET" || method === "POST" ? undefined : "only GET and POST";
}

/** Where the page of the shop can come from. */
export function originsOf(port: number): readonly string[] {
  return hostsOf(port).map((host) => `http://${host}`);
}

function hostsOf(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}
