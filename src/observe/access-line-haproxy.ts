import type { AccessLine } from "./access-line.ts";
import { createNumberText } from "./number-text.ts";
import { createHaproxyTime } from "./time-text.ts";

/** The proxy that HAProxy would call the backend; there is only one here. */
const BACKEND = "lengket";
/** What is not plain ASCII, and what would break the line into wrong fields. */
const UNSAFE = /[^!-~]|[#"]/;
const ALL_UNSAFE = new RegExp(UNSAFE, "gu");

function hexBytes(character: string): string {
  let text = "";
  for (const byte of Buffer.from(character)) text += `#${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return text;
}

/** HAProxy's escape: `#` and two hexadecimal digits for each byte (configuration.txt 8.6); blanks too, since names here may hold them. */
function nameText(name: string): string {
  return UNSAFE.test(name) ? name.replace(ALL_UNSAFE, hexBytes) : name;
}

/**
 * The line of HAProxy's `option tcplog` (configuration.txt 8.2.2):
 * `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`. The listener stands for the frontend. HAProxy
 * has let go of the backend when it writes the line, but not of the client: `%bc` and `%sc` leave this connection out,
 * `%ac` and `%fc` count it. There is one backend proxy without a counter of its own, so `%bc` is the open connections of
 * the process. The queues are 0. The format has no place for the sampling rate.
 */
export function createHaproxyLine(): AccessLine {
  const haproxyTime = createHaproxyTime();
  const { integer } = createNumberText();
  const wholeMs = (ms: number): string => integer(Math.round(ms));
  const others = (open: number): string => integer(Math.max(0, open - 1));
  return (r, shown) => {
    const client = r.client.address === "" ? "unix:1" : `${shown.clientAddress}:${integer(r.client.port)}`;
    const server = r.backend === undefined ? "<NOSRV>" : nameText(r.backend);
    const retries = `${r.redispatched ? "+" : ""}${Math.max(0, r.attempts - 1)}`;
    return (
      `${client} [${haproxyTime(r.acceptedAtMs)}] ${nameText(r.listener)} ${BACKEND}/${server}` +
      ` ${wholeMs(r.queueMs)}/${wholeMs(r.connectMs)}/${wholeMs(r.totalMs)} ${integer(r.bytesOut)} ${r.state}` +
      ` ${integer(r.openProcess)}/${integer(r.openListener)}/${others(r.openProcess)}/${others(r.openBackend)}/${retries} 0/0`
    );
  };
}
