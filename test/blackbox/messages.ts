/** The line end that every line of a message has. */
export const CRLF = "\r\n";

export interface RequestOptions {
  /** `A` unless said otherwise; null = no cookie. */
  readonly cookie?: "A" | "B" | "D" | null;
  /** Field lines without their ends. */
  readonly lines?: readonly string[];
  readonly body?: string;
  /** Default `HTTP/1.1`. */
  readonly version?: string;
  /** The whole target; default `/{id}/part`. */
  readonly target?: string;
  /** Default `shop.example`; null = none. */
  readonly host?: string | null;
}

/** A request for `/{id}/part`: Host, cookie, then the lines given, exactly as given. */
export function request(method: string, part: string, options: RequestOptions = {}): string {
  const { cookie = "A", lines = [], body = "", version = "HTTP/1.1", target = `/{id}/${part}` } = options;
  const { host = "shop.example" } = options;
  const head = [
    `${method} ${target} ${version}`,
    ...(host === null ? [] : [`Host: ${host}`]),
    ...(cookie === null ? [] : [`Cookie: {${cookie}}`]),
    ...lines,
  ];
  return `${head.join(CRLF)}${CRLF}${CRLF}${body}`;
}

/** A GET request. */
export function get(part: string, options: RequestOptions = {}): string {
  return request("GET", part, options);
}

/** A request that is hidden in a body. It carries no cookie, whose length is not known beforehand. */
export const HIDDEN = get("smuggled", { cookie: null });

/** A POST whose body has a Content-Length. */
export function post(part: string, body: string, options: RequestOptions = {}): string {
  const lines = [...(options.lines ?? []), `Content-Length: ${body.length}`];
  return request("POST", part, { ...options, lines, body });
}

/** A POST with a body given as it goes over the wire behind `Transfer-Encoding: chunked`. */
export function chunked(part: string, wire: string, options: RequestOptions = {}): string {
  const lines = [...(options.lines ?? []), "Transfer-Encoding: chunked"];
  return request("POST", part, { ...options, lines, body: wire });
}

/** A chunk of `data`. */
export function chunk(data: string): string {
  return `${data.length.toString(16)}${CRLF}${data}${CRLF}`;
}

/** The last chunk and the end. */
export const LAST_CHUNK = "0\r\n\r\n";

/** A response: a status line such as `200 OK`, lines as given, and a body. */
export function response(status: string, lines: readonly string[], body = ""): string {
  return `${[`HTTP/1.1 ${status}`, ...lines].join(CRLF)}${CRLF}${CRLF}${body}`;
}

/** A 200 with its length. */
export function ok(body: string, lines: readonly string[] = []): string {
  return response("200 OK", [...lines, `Content-Length: ${body.length}`], body);
}

/** A byte for a title or an id: `0x0a`. */
export function named(octet: number): string {
  return `0x${octet.toString(16).padStart(2, "0")}`;
}
