import type { LiveFacts, LiveRouteAnswer } from "../compose/admin.ts";
import type { LoadOptions } from "../config/load-configuration.ts";
import { loadSetting } from "../config/load-setting.ts";
import type { AdminListen } from "../config/types/admin-listen.ts";
import { ConfigError } from "../model/failure.ts";
import { type AdminReply, askAdmin } from "./ask-admin.ts";
import { clientAddressProblem } from "./client-address-problem.ts";
import type { Output } from "./output.ts";
import { EXIT_CONFIG, printErrors } from "./print-problems.ts";
import { refusedJson, routeJson } from "./route-json.ts";
import { type Row, refusedText, routeRows, tableText } from "./route-text.ts";

/** What `lengket route --live` is asked to explain. */
export interface LiveRouteOptions extends LoadOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly address: string;
  /** The client's port; matters for HASH_KEY=client_ip_port and NAT_SPLIT. */
  readonly port: number;
  readonly json: boolean;
}

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;
/** EX_UNAVAILABLE of sysexits.h: a service that is needed is not there. */
const EXIT_UNAVAILABLE = 69;

/**
 * Explains where a running balancer sends a client at this moment, and what the client carries.
 * @returns the exit code: 0, 1 when the client would be refused, 2 for a bad address, 69 when no balancer answers, 78 when
 *   ADMIN_LISTEN does not say where to ask
 */
export async function routeLive(options: LiveRouteOptions): Promise<number> {
  const { stdout, stderr, address, port } = options;
  const fail = (code: number, message: string): number => {
    stderr.write(`lengket: ${message}\n`);
    return code;
  };
  const problem = clientAddressProblem(address);
  if (problem !== undefined) return fail(EXIT_USAGE, problem);
  let place: AdminListen;
  try {
    place = loadSetting("adminListen", options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printErrors(error.problems, stderr, options.env);
    return EXIT_CONFIG;
  }
  if (place === "off") {
    const hint = "set LENGKET_ADMIN_LISTEN=127.0.0.1:8405 for the balancer, and here too or as --admin-listen";
    return fail(EXIT_CONFIG, `LENGKET_ADMIN_LISTEN is off, so there is no place to ask; ${hint}`);
  }
  if (place.kind === "tcp" && place.port === 0) {
    return fail(
      EXIT_CONFIG,
      `port 0 is no place to ask; the balancer's log line "admin-listening" says which port it got`,
    );
  }
  const where = place.kind === "unix" ? `unix:${place.path}` : `${place.host}:${place.port}`;
  let reply: AdminReply;
  try {
    reply = await askAdmin(place, `/api/route?client=${encodeURIComponent(address)}&port=${port}`);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    const hint = "is the balancer running, with the same LENGKET_ADMIN_LISTEN?";
    return fail(EXIT_UNAVAILABLE, `nobody answers at ${where} (${why}); ${hint}`);
  }
  const answer = liveAnswerOf(reply);
  if (answer === undefined) {
    return fail(EXIT_UNAVAILABLE, `what answers at ${where} is no balancer that can be asked (status ${reply.status})`);
  }
  if ("refused" in answer)
    stdout.write(options.json ? refusedJson(address, answer.refused) : refusedText(address, answer));
  else if (options.json) stdout.write(routeJson(answer));
  else stdout.write(tableText([...routeRows(answer, answer.live.table), ...liveRows(answer.live, port)]));
  return "refused" in answer || answer.choice.kind !== "chosen" ? EXIT_REFUSED : 0;
}

function liveAnswerOf({ status, body }: AdminReply): LiveRouteAnswer | undefined {
  if (status !== 200 || typeof body !== "object" || body === null) return undefined;
  // A balancer of our own made it: both come from one build, or nearly.
  return "live" in body || "refused" in body ? (body as LiveRouteAnswer) : undefined;
}

function liveRows(
  { counted, unit, halfLifeMs, share, fairShares, open, pinned, split }: LiveFacts,
  port: number,
): Row[] {
  const rows: Row[] = [];
  if (split !== undefined) {
    const by = split.by === "connection" ? "connection by connection" : `by source port; this is about port ${port}`;
    rows.push(["spread", `over ${split.over} backends, ${by}`]);
  }
  if (pinned !== undefined) rows.push(["pinned", `to ${pinned}`]);
  const parts = fairShares === undefined ? "" : `, ${range(fairShares, 1, 1)} fair shares`;
  rows.push([
    "share",
    counted === 0
      ? `nothing was counted yet`
      : `${range(share, 100, 1)} % of the last ${counted} ${unit}${parts} (half-life ${halfLifeMs / 60_000} min)`,
  ]);
  rows.push(["open", open === 1 ? "1 connection" : `${open} connections`]);
  return rows;
}

/** `0.8–0.9`, or one number when both read the same. */
function range(
  { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number },
  times: number,
  digits: number,
) {
  const [low, high] = [(atLeast * times).toFixed(digits), (atMost * times).toFixed(digits)];
  return low === high ? low : `${low}–${high}`;
}
