import { routeAnswer } from "../compose/route-answer.ts";
import type { LoadOptions } from "../config/load-configuration.ts";
import type { Settings } from "../config/settings.ts";
import type { BackendId } from "../model/backend.ts";
import { unknownIds } from "./backend-names.ts";
import { clientAddressProblem } from "./client-address-problem.ts";
import { loadOrReport } from "./load-or-report.ts";
import { OfflineBalancer } from "./offline.ts";
import type { Output } from "./output.ts";
import { EXIT_CONFIG } from "./print-problems.ts";
import { refusedJson, routeJson } from "./route-json.ts";
import { refusedText, routeRows, tableText } from "./route-text.ts";

/** What `lengket route` is asked to explain. */
export interface RouteOptions extends LoadOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly address: string;
  /** The client's port; matters for HASH_KEY=client_ip_port only. */
  readonly port: number;
  /** Ids of backends to take as down. */
  readonly down: readonly BackendId[];
  readonly json: boolean;
}

const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

/**
 * Explains where a client goes, and why; offline, by the code of the data path.
 * @returns the exit code: 0, 1 when the client would be refused, 2 for a bad address or id, 78 for a bad configuration.
 */
export function route(options: RouteOptions): number {
  const { stdout, stderr, address, port, down } = options;
  const settings = loadOrReport(options);
  if (settings === undefined) return EXIT_CONFIG;
  const problem = usageProblem(address, settings, down);
  if (problem !== undefined) {
    stderr.write(`lengket: ${problem}\n`);
    return EXIT_USAGE;
  }
  const balancer = new OfflineBalancer(settings, new Set(down));
  const placement = balancer.place(address, port);
  if ("refused" in placement) {
    stdout.write(options.json ? refusedJson(address, placement.refused) : refusedText(address, placement));
    return EXIT_REFUSED;
  }
  const { choice } = placement;
  const ifItLeaves =
    choice.kind === "chosen"
      ? destinationWithout(choice.member.backend.id, address, port, settings, new Set(down))
      : undefined;
  const answer = routeAnswer({ client: address, settings, snapshot: balancer.snapshot, placement, ifItLeaves });
  stdout.write(options.json ? routeJson(answer) : tableText(routeRows(answer, settings)));
  return choice.kind === "chosen" ? 0 : EXIT_REFUSED;
}

function usageProblem(address: string, settings: Settings, down: readonly BackendId[]): string | undefined {
  return clientAddressProblem(address) ?? unknownIds(settings, down);
}

/** Asks the same question of a list without the backend: a removal, not an outage. */
function destinationWithout(
  id: BackendId,
  client: string,
  port: number,
  settings: Settings,
  down: ReadonlySet<BackendId>,
): BackendId | undefined {
  const backends = settings.backends.filter((backend) => backend.id !== id);
  const placement = new OfflineBalancer({ ...settings, backends }, down).place(client, port);
  if ("refused" in placement || placement.choice.kind !== "chosen") return undefined;
  return placement.choice.member.backend.id;
}
