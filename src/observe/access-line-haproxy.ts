import type { ConnectionRecord } from "../model/connection-record.ts";
import type { RequestRecord } from "../model/request-record.ts";
import type { AccessLines, CommonRecord, Shown } from "./access-line.ts";
import { createNumberText } from "./number-text.ts";
import { createHaproxyTime } from "./time-text.ts";

/** The proxy that HAProxy would call the backend; there is only one here. */
const BACKEND = "lengket";
/** What stands for the request line when there is none, or none that could be read. */
const NO_REQUEST = "<BADREQ>";
/** What is not plain ASCII, and what would break the line into wrong fields. */
const UNSAFE = /[^!-~]|[#"]/;
const ALL_UNSAFE = new RegExp(UNSAFE, "gu");

function hexBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += `#${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return text;
}

/**
 * HAProxy's escape: `#` and two hexadecimal digits for each byte (configuration.txt 8.6). Blanks too, since names here may
 * hold them.
 */
function escaped(text: string, encoding: "utf8" | "latin1"): string {
  return UNSAFE.test(text) ? text.replace(ALL_UNSAFE, (character) => hexBytes(Buffer.from(character, encoding))) : text;
}

/** What the operator wrote. An empty column would shift all that follow. */
function nameText(name: string): string {
  return name === "" ? "-" : escaped(name, "utf8");
}

function requestLine({ method, target, minorVersion }: RequestRecord): string {
  if (method === "" || target === "") return NO_REQUEST;
  // One character is one byte of the request.
  return `${escaped(method, "latin1")} ${escaped(target, "latin1")} HTTP/1.${minorVersion}`;
}

function serverOf(r: CommonRecord): string {
  return r.backend === undefined ? "<NOSRV>" : nameText(r.backend);
}

/** Until a backend proxy is chosen HAProxy names the frontend in its place. */
function proxyOf(r: CommonRecord): string {
  const isEarly = r.phase === "accept" || r.phase === "identify" || r.phase === "request";
  return isEarly && r.backend === undefined ? nameText(r.listener) : BACKEND;
}

/**
 * The lines of HAProxy's `option tcplog` (configuration.txt 8.2.2),
 * `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`, and `option httplog` (8.2.3) without captures,
 * `%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B - - %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq "%r"`. As with HAProxy, a
 * connection of http mode has a line only when it ended badly before its first request: the one of a request that is
 * `<BADREQ>`.
 *
 * The listener stands for the frontend. HAProxy has let go of the backend when it writes the line, but not of the client:
 * `%bc` and `%sc` leave this connection or request out, `%ac` and `%fc` count it. There is one backend proxy without a
 * counter of its own, so `%bc` is the open connections of the process. The queues are 0. The format has no place for the
 * sampling rate.
 */
export function createHaproxyLines(): AccessLines {
  const { integer } = createNumberText();
  const nearestMs = (ms: number): string => integer(Math.round(ms));
  // Cut, not rounded: halog takes it for an error when the steps of a request add up to more than its total.
  const wholeMs = (ms: number): string => integer(Math.floor(ms));
  const others = (open: number): string => integer(Math.max(0, open - 1));
  const client = (r: CommonRecord, shown: Shown): string =>
    r.client.address === "" ? "unix:1" : `${shown.clientAddress}:${integer(r.client.port)}`;
  const counters = (r: CommonRecord): string =>
    `${integer(r.openProcess)}/${integer(r.openListener)}/${others(r.openProcess)}/${others(r.openBackend)}` +
    `/${r.redispatched ? "+" : ""}${integer(Math.max(0, r.attempts - 1))} 0/0`;

  const connectionTime = createHaproxyTime();
  const tcpLine = (r: ConnectionRecord, shown: Shown): string =>
    `${client(r, shown)} [${connectionTime(r.acceptedAtMs)}] ${nameText(r.listener)} ${BACKEND}/${serverOf(r)}` +
    ` ${nearestMs(r.queueMs)}/${nearestMs(r.connectMs)}/${nearestMs(r.totalMs)} ${integer(r.bytesOut)} ${r.state} ${counters(r)}`;
  const noRequestLine = (r: ConnectionRecord, shown: Shown): string =>
    `${client(r, shown)} [${connectionTime(r.acceptedAtMs)}] ${nameText(r.listener)} ${proxyOf(r)}/${serverOf(r)}` +
    ` -1/-1/-1/-1/${wholeMs(r.totalMs)} -1 ${integer(r.bytesOut)} - - ${r.state}-- ${counters(r)} "${NO_REQUEST}"`;

  const requestTime = createHaproxyTime();
  return {
    covers: (r) => r.mode === "tcp" || (r.requests === 0 && r.state !== "--"),
    ofConnection: (r, shown) => (r.mode === "tcp" ? tcpLine(r, shown) : noRequestLine(r, shown)),
    ofRequest: (r, shown) =>
      `${client(r, shown)} [${requestTime(r.startedAtMs)}] ${nameText(r.listener)} ${proxyOf(r)}/${serverOf(r)}` +
      ` ${wholeMs(r.headMs)}/${wholeMs(r.queueMs)}/${wholeMs(r.connectMs)}/${wholeMs(r.responseMs)}/${wholeMs(r.totalMs)}` +
      ` ${integer(r.status)} ${integer(r.bytesOut)} - - ${r.state} ${counters(r)} "${requestLine(r)}"`,
  };
}
