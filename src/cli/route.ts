import type { LoadOptions } from "../config/load-configuration.ts";
import type { Settings } from "../config/settings.ts";
import type { BackendId } from "../model/backend.ts";
import type { Choice } from "../model/choice.ts";
import type { Tier } from "../model/snapshot.ts";
import { addressBytes } from "../path/client-address.ts";
import { unknownIds } from "./backend-names.ts";
import { httpCaveat } from "./http-caveat.ts";
import { loadOrReport } from "./load-or-report.ts";
import { OfflineBalancer, type Placement } from "./offline.ts";
import { COLUMNS, type Output, wrap } from "./output.ts";
import { EXIT_CONFIG } from "./print-problems.ts";

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

/** The answer of `lengket route` as data. */
export interface RouteAnswer {
  readonly client: string;
  readonly key: string;
  readonly hash: number;
  readonly policy: string;
  /** Where the hash falls in the table; undefined for an empty one. */
  readonly location: { readonly kind: "point" | "slot"; readonly value: number; readonly of: number } | undefined;
  readonly choice: Choice;
  readonly skipped: readonly { readonly id: BackendId; readonly because: string }[];
  /** The client's order of preference, best first. */
  readonly order: readonly BackendId[];
  /** Where it would go if the chosen backend left. */
  readonly ifItLeaves: BackendId | undefined;
  /** The chosen backend's share of the key space, 0–1. */
  readonly share: number | undefined;
  /** What the address alone cannot say, because requests are routed by more than it. */
  readonly caveat: string | undefined;
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
    stdout.write(
      options.json
        ? `${JSON.stringify({ client: address, refused: placement.refused })}\n`
        : `client      ${address}\nrefused     ${placement.refused}: ALLOW and DENY keep it out\n`,
    );
    return EXIT_REFUSED;
  }
  const answer = explain(address, settings, balancer, placement, new Set(down), port);
  stdout.write(options.json ? `${JSON.stringify(answer, null, 2)}\n` : routeText(answer, settings));
  return placement.choice.kind === "chosen" ? 0 : EXIT_REFUSED;
}

function usageProblem(address: string, settings: Settings, down: readonly BackendId[]): string | undefined {
  if (addressBytes(address) === undefined) {
    return `"${address}" is not an IP address; write e.g. 203.0.113.7 or 2001:db8::7`;
  }
  return unknownIds(settings, down);
}

function idsInOrder(tier: Tier, keyHash: number): readonly BackendId[] {
  return tier.table.order(keyHash).map((position) => tier.members[position]?.backend.id ?? "");
}

function explain(
  client: string,
  settings: Settings,
  balancer: OfflineBalancer,
  placement: Placement,
  down: ReadonlySet<BackendId>,
  port: number,
): RouteAnswer {
  const { primary, backup } = balancer.snapshot;
  const { choice, keyHash } = placement;
  const chosenId = choice.kind === "chosen" ? choice.member.backend.id : undefined;
  const tier = choice.kind === "chosen" && choice.member.backend.backup ? backup : primary;
  const position = tier.members.findIndex((member) => member.backend.id === chosenId);
  return {
    client,
    key: placement.key.text,
    hash: keyHash,
    policy: settings.hashPolicy,
    location: tier.table.locate(keyHash),
    choice,
    skipped: placement.skipped,
    order: [...idsInOrder(primary, keyHash), ...idsInOrder(backup, keyHash)],
    ifItLeaves: chosenId === undefined ? undefined : destinationWithout(chosenId, client, port, settings, down),
    share: tier.table.shares()[position],
    caveat: httpCaveat(settings),
  };
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

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}

function policyText({ hashPolicy, ringVnodes, maglevTable, hashSeed }: Settings): string {
  const size = {
    ring: `${ringVnodes} virtual nodes per weight, `,
    maglev: `${maglevTable} slots, `,
    rendezvous: "",
    modulo: "",
  };
  return `${hashPolicy}, ${size[hashPolicy]}seed ${hashSeed}`;
}

const WHY: Readonly<Record<string, string>> = {
  home: "first choice",
  failover: "its first choice is not available",
  overflow: "its first choice is full",
  backup: "no primary backend can take it",
  panic: "too few backends are healthy, so health is ignored",
};

function decisionText({ choice, share }: RouteAnswer): string {
  switch (choice.kind) {
    case "chosen": {
      const owns = share === undefined ? "" : `; owns ${(share * 100).toFixed(1)} % of the key space`;
      return `${choice.member.backend.id}   ${choice.reason}: ${WHY[choice.reason] ?? choice.reason}${owns}`;
    }
    case "wait":
      return `waits for ${choice.for.backend.id}, which is ${choice.because}`;
    case "refused":
      return `refused: ${choice.because}`;
  }
}

function routeText(answer: RouteAnswer, settings: Settings): string {
  const { location, choice, skipped } = answer;
  const prefix = answer.client.includes(":") && !answer.key.includes(".") ? "V6" : "V4";
  const rows: [string, string][] = [
    ["client", answer.client],
    ["key", `${answer.key}   (CLIENT_PREFIX_${prefix}=${answer.key.split("/")[1] ?? ""})`],
    ["policy", policyText(settings)],
    ["hash", `murmur3 ${hex(answer.hash)}`],
  ];
  if (location !== undefined) {
    const where = location.kind === "point" ? `point ${hex(location.value)}` : `slot ${location.value}`;
    rows.push([settings.hashPolicy === "ring" ? "ring" : "table", `${where} of ${location.of}`]);
  }
  rows.push(["order", answer.order.join(", ")]);
  for (const skip of skipped) rows.push(["skipped", `${skip.id}: ${skip.because}`]);
  rows.push(["chosen", decisionText(answer)]);
  if (choice.kind === "chosen") {
    rows.push([`if it leaves`, answer.ifItLeaves ?? "nobody is left"]);
  }
  if (answer.caveat !== undefined) rows.push(["http mode", answer.caveat]);
  return rows.map(([name, text]) => row(name, text)).join("");
}

const NAME_WIDTH = 14;

function row(name: string, text: string): string {
  return wrap(text, COLUMNS - NAME_WIDTH)
    .map((line, i) => `${(i === 0 ? name : "").padEnd(NAME_WIDTH)}${line}\n`)
    .join("");
}
