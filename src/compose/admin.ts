import { type AdminPlace, AdminServer, type Resource } from "../admin/admin-server.ts";
import { BadQuestion, parametersOf } from "../admin/question.ts";
import type { Settings } from "../config/settings.ts";
import type { BackendId } from "../model/backend.ts";
import type { Cause } from "../model/connection-record.ts";
import type { Log } from "../observe/log.ts";
import { askPlacement } from "../path/ask-placement.ts";
import { addressBytes } from "../path/client-address.ts";
import type { DataPath } from "../path/data-path.ts";
import { listenError } from "./listen-error.ts";
import type { Carried, Counted, LiveSkew } from "./live-skew.ts";
import { type RouteAnswer, routeAnswer } from "./route-answer.ts";

/** What only a running balancer knows of a client. */
export interface LiveFacts extends Carried, Counted {
  /** Its open connections. In http mode behind a trusted proxy they are the proxy's. */
  readonly open: number;
  /** Where an overflow or a failover put it. */
  readonly pinned: BackendId | undefined;
  /** Its address is heavy, and spread over so many backends; by what its people are told apart. */
  readonly split: { readonly over: number; readonly by: "port-block" | "connection" } | undefined;
  /** The version of the list of backends that was asked. */
  readonly snapshot: number;
  /** What its hash table was built with. */
  readonly table: Pick<Settings, "ringVnodes" | "maglevTable" | "hashSeed">;
}

/** `GET /api/route`: decided by what the data path decides by, at this moment. */
export type LiveRouteAnswer =
  | (RouteAnswer & { readonly live: LiveFacts })
  | { readonly client: string; readonly refused: Cause };

export interface AdminParts {
  readonly path: DataPath;
  readonly skew: LiveSkew;
  readonly settings: () => Settings;
  readonly log: Log;
}

/**
 * Opens the admin interface. The caller closes it.
 * @throws ListenError
 */
export async function openAdmin(place: AdminPlace, parts: AdminParts): Promise<AdminServer> {
  const { log, skew } = parts;
  const resources = new Map<string, Resource>([
    ["/api/route", (query) => routeNow(parts, query)],
    [
      "/api/skew",
      (query) => {
        parametersOf(query, []);
        return skew.report();
      },
    ],
  ]);
  const onBug = (error: unknown): void =>
    log.error(`bug: ${error instanceof Error ? error.stack : String(error)}`, { event: "admin-bug" });
  const server = new AdminServer({ place, resources, onBug });
  try {
    await server.start();
  } catch (error) {
    throw listenError(server.address, place, error);
  }
  log.info(`the admin interface listens on ${server.address}`, { event: "admin-listening", address: server.address });
  return server;
}

function routeNow({ path, skew, settings }: AdminParts, query: URLSearchParams): LiveRouteAnswer {
  const { client, port = "0" } = parametersOf(query, ["client", "port"]);
  if (client === undefined) throw new BadQuestion("client is missing: /api/route?client=203.0.113.7");
  if (addressBytes(client) === undefined) {
    throw new BadQuestion(`client is no IP address: ${JSON.stringify(client.slice(0, 64))}`);
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new BadQuestion("port is no number from 0 to 65535");
  const placement = askPlacement(path, { address: client, port: Number(port) });
  if ("refused" in placement) return { client, refused: placement.refused };
  const current = settings();
  const snapshot = path.published.current;
  const { ringVnodes, maglevTable, hashSeed } = current;
  const { pinned, split, next } = placement;
  return {
    ...routeAnswer({ client, settings: current, snapshot, placement, ifItLeaves: next }),
    live: {
      ...skew.counted,
      ...skew.carriedBy(placement.key.text),
      open: path.counts.open(placement.key.text),
      pinned,
      split: split && { over: split.over, by: current.natSplitKey },
      snapshot: snapshot.version,
      table: { ringVnodes, maglevTable, hashSeed },
    },
  };
}
