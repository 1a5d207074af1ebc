import type { Dice } from "./dice.ts";

/** What the backends are called; the cookie that binds to one of them. */
export const BACKENDS = ["f1", "f2", "f3", "f4"] as const;
export const COOKIE = "lengket";

/** A request that is in order, and whether another one may follow it. */
export interface Message {
  readonly bytes: string;
  readonly last: boolean;
}

const METHODS = ["GET", "GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "FOO"] as const;
const PATHS = [
  "/",
  "/a",
  "/a/../b",
  "//",
  "/a?b=c&d",
  "/%00%2f",
  "/a;b=c",
  "/~!$&'()*+,;=:@",
  "/x".repeat(40),
] as const;
const NAMES = ["X-Name", "accept", "User-Agent", "x-y_z", "Cache-Control", "Via", "X!#$%&'*+-.^_`|~"] as const;
const VALUES = ["v", "", "a, b;c=d", '"q\\"x"', "caf\xe9", "a\tb", ":", "gzip;q=0.5", "x".repeat(300)] as const;
const DATA = [
  "",
  "x",
  "hello",
  "0\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "\0\xff\r\n",
  "y".repeat(1000),
] as const;
const BLANKS = ["", " ", "  ", "\t", " \t "] as const;

/** Draws a request by the grammar of RFC 9112 that no reader has a reason to refuse. */
export function drawRequest(dice: Dice): Message {
  const method = dice.one(METHODS);
  const old = dice.once(12);
  const lines = [`Host:${dice.one(BLANKS)}shop.example${dice.once(4) ? ":8080" : ""}`];
  lines.push(`Cookie: ${dice.once(3) ? "a=b; " : ""}${COOKIE}=${dice.one(BACKENDS)}`);
  for (let i = dice.below(4); i > 0; i--) {
    lines.push(`${dice.one(NAMES)}:${dice.one(BLANKS)}${dice.one(VALUES)}${dice.one(BLANKS)}`);
  }
  const close = dice.once(25);
  if (close) lines.push(dice.once(2) ? "Connection: close" : "connection: keep-alive, Close");
  else if (dice.once(4)) lines.push("Connection: keep-alive");
  const body = drawBody(dice, method, old, lines);
  if (dice.once(3)) lines.reverse();
  const head = `${method} ${dice.one(PATHS)} HTTP/1.${old ? 0 : 1}\r\n${lines.join("\r\n")}\r\n\r\n`;
  // A client of HTTP/1.0 need not get a second answer, even if it asks for one.
  return { bytes: `${dice.once(20) ? "\r\n" : ""}${head}${body}`, last: close || old };
}

function drawBody(dice: Dice, method: string, old: boolean, lines: string[]): string {
  if (dice.once(2) && method !== "POST") return "";
  if (!old && dice.once(2)) {
    lines.push(dice.once(2) ? "Transfer-Encoding: chunked" : "transfer-encoding:Chunked");
    return drawChunks(dice);
  }
  const data = dice.one(DATA);
  lines.push(`Content-Length: ${data.length}`);
  return data;
}

function drawChunks(dice: Dice): string {
  let wire = "";
  for (let i = dice.below(4); i > 0; i--) {
    const data = dice.one(DATA) || "z";
    const size = data.length.toString(16);
    const extension = dice.once(5) ? dice.one([";x", ";x=y", ';x="y;z"']) : "";
    wire += `${dice.once(6) ? "00" : ""}${dice.once(2) ? size.toUpperCase() : size}${extension}\r\n${data}\r\n`;
  }
  return `${wire}0\r\n${dice.once(5) ? "X-Sum: 1\r\n" : ""}\r\n`;
}
