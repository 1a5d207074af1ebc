import type { AccessLine } from "./access-line.ts";
import { jsonText } from "./line-text.ts";
import { createNumberText } from "./number-text.ts";
import { createIsoTime } from "./time-text.ts";

function textOrNull(text: string | undefined): string {
  return text === undefined ? "null" : jsonText(text);
}

/**
 * One JSON object a line; fields and their order are fixed. `via_ip`, `via_port` are there only for clients that a PROXY
 * header named, `sample` only when the line stands for more than itself. Times in ms, -1 = the step was not reached.
 * Written out by hand because building an object for JSON.stringify takes twice as long.
 */
export function createJsonLine(instance: string): AccessLine {
  const isoTime = createIsoTime();
  const { integer, milliseconds } = createNumberText();
  const fixed = `","event":"conn","instance":${jsonText(instance)},"id":`;
  return (r, shown) =>
    `{"ts":"${isoTime(r.acceptedAtMs)}${fixed}${integer(r.id)},"listener":${jsonText(r.listener)}` +
    `,"client_ip":${jsonText(shown.clientAddress)},"client_port":${integer(r.client.port)}` +
    (r.via === undefined ? "" : `,"via_ip":${jsonText(r.via.address)},"via_port":${integer(r.via.port)}`) +
    `,"key":${jsonText(shown.key)},"backend":${textOrNull(r.backend)},"home":${textOrNull(r.home)}` +
    `,"reason":${textOrNull(r.reason)},"attempts":${integer(r.attempts)},"redispatched":${r.redispatched}` +
    `,"ended_by":"${r.endedBy}","phase":"${r.phase}","cause":"${r.cause}","state":${jsonText(r.state)}` +
    `,"t_identify":${milliseconds(r.identifyMs)},"t_queue":${milliseconds(r.queueMs)}` +
    `,"t_connect":${milliseconds(r.connectMs)},"t_total":${milliseconds(r.totalMs)}` +
    `,"bytes_in":${integer(r.bytesIn)},"bytes_out":${integer(r.bytesOut)},"open_process":${integer(r.openProcess)}` +
    `,"open_listener":${integer(r.openListener)},"open_backend":${integer(r.openBackend)},"snapshot":${integer(r.snapshotVersion)}` +
    (shown.sample === undefined ? "}" : `,"sample":${shown.sample}}`);
}
