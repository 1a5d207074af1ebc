import type { AccessLines, CommonRecord, Shown } from "./access-line.ts";
import { jsonText } from "./line-text.ts";
import { createNumberText } from "./number-text.ts";
import { createIsoTime } from "./time-text.ts";

function textOrNull(text: string | undefined): string {
  return text === undefined ? "null" : jsonText(text);
}

/**
 * One JSON object a line; fields and their order are fixed. `via_ip`, `via_port` are there only for clients whose address
 * did not come from the socket, `requests` only in http mode, `sample` only when the line stands for more than itself.
 * The `connection_id` of a request is the `id` of its connection's line. Times in ms; -1 = the step was not reached, or no
 * status was sent. Written out by hand because building an object for JSON.stringify takes twice as long.
 */
export function createJsonLines(instance: string): AccessLines {
  const { integer, milliseconds } = createNumberText();
  const fixed = (event: string, kind: string): string =>
    `","event":"${event}","kind":"${kind}","instance":${jsonText(instance)},"id":`;

  const who = (r: CommonRecord, shown: Shown): string =>
    `,"listener":${jsonText(r.listener)}` +
    `,"client_ip":${jsonText(shown.clientAddress)},"client_port":${integer(r.client.port)}` +
    (r.via === undefined ? "" : `,"via_ip":${jsonText(r.via.address)},"via_port":${integer(r.via.port)}`) +
    `,"key":${jsonText(shown.key)}`;
  const choice = (r: CommonRecord): string =>
    `,"backend":${textOrNull(r.backend)},"home":${textOrNull(r.home)},"reason":${textOrNull(r.reason)}` +
    `,"attempts":${integer(r.attempts)},"redispatched":${r.redispatched}`;
  const end = (r: CommonRecord): string =>
    `,"ended_by":"${r.endedBy}","phase":"${r.phase}","cause":"${r.cause}","state":${jsonText(r.state)}`;
  const sizes = (r: CommonRecord, shown: Shown): string =>
    `,"bytes_in":${integer(r.bytesIn)},"bytes_out":${integer(r.bytesOut)},"open_process":${integer(r.openProcess)}` +
    `,"open_listener":${integer(r.openListener)},"open_backend":${integer(r.openBackend)},"snapshot":${integer(r.snapshotVersion)}` +
    (shown.sample === undefined ? "}" : `,"sample":${shown.sample}}`);

  const connectionTime = createIsoTime();
  const connectionFixed = fixed("conn", "connection");
  const requestTime = createIsoTime();
  const requestFixed = fixed("request", "request");
  return {
    covers: () => true,
    ofConnection: (r, shown) =>
      `{"ts":"${connectionTime(r.acceptedAtMs)}${connectionFixed}${integer(r.id)},"mode":"${r.mode}"` +
      (r.mode === "http" ? `,"requests":${integer(r.requests)}` : "") +
      who(r, shown) +
      choice(r) +
      end(r) +
      `,"t_identify":${milliseconds(r.identifyMs)},"t_queue":${milliseconds(r.queueMs)}` +
      `,"t_connect":${milliseconds(r.connectMs)},"t_total":${milliseconds(r.totalMs)}` +
      sizes(r, shown),
    ofRequest: (r, shown) =>
      `{"ts":"${requestTime(r.startedAtMs)}${requestFixed}${integer(r.id)}` +
      `,"connection_id":${integer(r.connectionId)},"index":${integer(r.index)}` +
      who(r, shown) +
      `,"method":${jsonText(r.method)},"target":${jsonText(r.target)},"version":"1.${integer(r.minorVersion)}"` +
      `,"status":${integer(r.status)},"refusal":${textOrNull(r.refusal)}` +
      choice(r) +
      `,"reused":${r.reused},"upgraded":${r.upgraded},"cookie_in":"${r.cookieIn}","cookie_out":"${r.cookieOut}"` +
      end(r) +
      `,"t_head":${milliseconds(r.headMs)},"t_queue":${milliseconds(r.queueMs)},"t_connect":${milliseconds(r.connectMs)}` +
      `,"t_response":${milliseconds(r.responseMs)},"t_total":${milliseconds(r.totalMs)}` +
      sizes(r, shown),
  };
}
