import { readFileSync } from "node:fs";
import { httpCaveat } from "../compose/http-caveat.ts";
import { describeFileError } from "../config/file-error.ts";
import type { LoadOptions } from "../config/load-configuration.ts";
import type { Settings } from "../config/settings.ts";
import type { BackendId } from "../model/backend.ts";
import { addressBytes } from "../path/client-address.ts";
import { unknownIds } from "./backend-names.ts";
import { loadOrReport } from "./load-or-report.ts";
import { OfflineBalancer } from "./offline.ts";
import type { Output } from "./output.ts";
import {
  type ClientLine,
  isForeignPolicy,
  isOwnPolicy,
  type PlaceClient,
  placeByPeer,
  unknownPolicy,
} from "./place-by-peer.ts";
import { EXIT_CONFIG } from "./print-problems.ts";

/** What `lengket place` is asked to place. */
export interface PlaceOptions extends LoadOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Another HASH_POLICY, or the name of another program's method; undefined = what the settings say. */
  readonly policy: string | undefined;
  /** A file with one client a line: `ADDRESS` or `ADDRESS PORT`; `-` = standard input. */
  readonly clients: string;
  /** Ids of backends to take as down. */
  readonly down: readonly BackendId[];
  readonly json: boolean;
}

/** One client and where it goes; null = it would be refused or would have to wait. */
export interface PlacedClient {
  readonly client: string;
  readonly backend: BackendId | null;
}

const EXIT_USAGE = 2;
const STDIN = 0;
const BAD_LINES_SHOWN = 10;

/**
 * Prints `client → backend` for a list of addresses, in its order; offline, by the code of the data path or by the model
 * of another program.
 * @returns the exit code: 0, 2 for a bad list, id or policy (nothing is printed then), 78 for a bad configuration.
 */
export function place(options: PlaceOptions): number {
  const { stdout, stderr, down, json, policy } = options;
  const fail = (problem: string): number => {
    stderr.write(`lengket: ${problem}\n`);
    return EXIT_USAGE;
  };
  const foreign = policy !== undefined && isForeignPolicy(policy) ? policy : undefined;
  const own = policy === undefined || foreign !== undefined ? undefined : policy;
  if (own !== undefined && !isOwnPolicy(own)) return fail(unknownPolicy(own));
  const flags = own === undefined ? options.flags : { ...options.flags, HASH_POLICY: own };
  const settings = loadOrReport({ ...options, flags });
  if (settings === undefined) return EXIT_CONFIG;
  const badIds = unknownIds(settings, down);
  if (badIds !== undefined) return fail(badIds);
  const isDown = new Set(down);
  const backendOf = foreign === undefined ? placeByDataPath(settings, isDown) : placeByPeer(foreign, settings, isDown);
  if (typeof backendOf === "string") return fail(backendOf);
  const list = readClients(options.clients);
  if (typeof list === "string") return fail(list);
  const caveat = foreign === undefined ? httpCaveat(settings) : undefined;
  if (caveat !== undefined) stderr.write(`lengket: http mode: ${caveat}\n`);
  const placed = list.map((line): PlacedClient => ({ client: line.address, backend: backendOf(line) }));
  stdout.write(json ? `${JSON.stringify(placed)}\n` : placed.map(lineOf).join(""));
  return 0;
}

function placeByDataPath(settings: Settings, down: ReadonlySet<BackendId>): PlaceClient {
  const balancer = new OfflineBalancer(settings, down);
  return ({ address, port }) => {
    const placement = balancer.place(address, port);
    if ("refused" in placement || placement.choice.kind !== "chosen") return null;
    return placement.choice.member.backend.id;
  };
}

function lineOf({ client, backend }: PlacedClient): string {
  return `${client} → ${backend ?? "(refused)"}\n`;
}

/** The clients, or what is wrong with the list. Blank lines and `#` comments are passed over. */
function readClients(source: string): readonly ClientLine[] | string {
  const name = source === "-" ? "standard input" : source;
  let text: string;
  try {
    text = readFileSync(source === "-" ? STDIN : source, "utf8");
  } catch (error) {
    const { problem, hint } = describeFileError(error);
    return `${name}: ${problem}; ${hint}`;
  }
  const clients: ClientLine[] = [];
  const bad: string[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/#.*/, "").trim();
    if (line === "") continue;
    const client = readClient(line);
    if (client === undefined) bad.push(`  ${name}:${index + 1}  "${line}"`);
    else clients.push(client);
  }
  if (bad.length === 0) return clients;
  const shown = bad.slice(0, BAD_LINES_SHOWN);
  const more = bad.length > shown.length ? [`  … and ${bad.length - shown.length} more`] : [];
  const lines = bad.length === 1 ? "1 line is" : `${bad.length} lines are`;
  return [`${lines} not "ADDRESS" or "ADDRESS PORT":`, ...shown, ...more].join("\n");
}

function readClient(line: string): ClientLine | undefined {
  const [address = "", port = "0", ...rest] = line.split(/\s+/);
  if (rest.length > 0 || addressBytes(address) === undefined || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return undefined;
  }
  return { address, port: Number(port) };
}
