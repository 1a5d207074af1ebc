import { type AccessLine, toMicroPrecision } from "./access-line.ts";
import { jsonText } from "./line-text.ts";
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
  const fixed = `","event":"conn","instance":${jsonText(instance)},"id":`;
  return (r, shown) =>
    `{"ts":"${isoTime(r.acceptedAtMs)}${fixed}${r.id},"listener":${jsonText(r.listener)}` +
    `,"client_ip":${jsonText(shown.clientAddress)},"client_port":${r.client.port}` +
    (r.via === undefined ? "" : `,"via_ip":${jsonText(r.via.address)},"via_port":${r.via.port}`) +
    `,"key":${jsonText(shown.key)},"backend":${textOrNull(r.backend)},"home":${textOrNull(r.home)}` +
    `,"reason":${textOrNull(r.reason)},"attempts":${r.attempts},"redispatched":${r.redispatched}` +
    `,"ended_by":"${r.endedBy}","phase":"${r.phase}","cause":"${r.cause}","state":${jsonText(r.state)}` +
    `,"t_identify":${toMicroPrecision(r.identifyMs)},"t_queue":${toMicroPrecision(r.queueMs)}` +
    `,"t_connect":${toMicroPrecision(r.connectMs)},"t_total":${toMicroPrecision(r.totalMs)}` +
    `,"bytes_in":${r.bytesIn},"bytes_out":${r.bytesOut},"open_process":${r.openProcess}` +
    `,"open_listener":${r.openListener},"open_backend":${r.openBackend},"snapshot":${r.snapshotVersion}` +
    (shown.sample === undefined ? "}" : `,"sample":${shown.sample}}`);
}
