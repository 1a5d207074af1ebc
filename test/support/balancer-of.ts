import type { NetConnectOpts } from "node:net";
import { type Balancer, type BalancerParts, createBalancer } from "../../src/balancer.ts";
import { readConfiguration } from "../../src/config/read-configuration.ts";
import type { Settings } from "../../src/config/settings.ts";
import type { ConnectionRecord } from "../../src/model/connection-record.ts";
import type { Log } from "../../src/observe/log.ts";
import type { LogFields, LogLevel } from "../../src/observe/log-line.ts";
import { Gathered } from "./gathered.ts";

export interface LoggedMessage extends LogFields {
  readonly level: LogLevel;
  readonly message: string;
}

/** Settings by name without the prefix, as flags give them. */
export type Flags = Readonly<Record<string, string>>;

/** One listener on 127.0.0.1, and no active checks, unless `flags` say otherwise. */
export function settingsOf(flags: Flags): Settings {
  return readConfiguration({
    flags: { LISTEN: "127.0.0.1:0", HEALTH: "off", ...flags },
    env: {},
    readFile: (path) => {
      throw new Error(`no file ${path}`);
    },
  }).settings;
}

/** A balancer in this process, with all it says. */
export class RunningBalancer {
  readonly balancer: Balancer;
  readonly records = new Gathered<ConnectionRecord>();
  readonly messages = new Gathered<LoggedMessage>();
  readonly #flags: Flags;

  constructor(flags: Flags, parts: Partial<BalancerParts> = {}) {
    this.#flags = flags;
    this.balancer = createBalancer(settingsOf(flags), {
      log: logTo(this.messages),
      onRecord: (record) => this.records.push(record),
      ...parts,
    });
  }

  /** The port of the first listener. */
  get port(): number {
    return this.balancer.ports[0] ?? 0;
  }

  /** Where a client connects to; `from` is its own address. */
  at(from?: string): NetConnectOpts {
    return { host: "127.0.0.1", port: this.port, ...(from === undefined ? {} : { localAddress: from }) };
  }

  /** Reloads with these settings changed. */
  reload(changes: Flags): ReturnType<Balancer["reload"]> {
    return this.balancer.reload(settingsOf({ ...this.#flags, ...changes }));
  }

  /** The first message, said or to be said, of this event about this backend; `from` passes over earlier messages. */
  said(event: string, backend?: string, { from = 0, to }: { from?: number; to?: string } = {}): Promise<LoggedMessage> {
    const fits = (m: LoggedMessage): boolean =>
      m.event === event && (backend === undefined || m["backend"] === backend) && (to === undefined || m["to"] === to);
    return this.messages.first(`${event} ${backend ?? ""} ${to ?? ""}`, fits, { from });
  }

  /** The record, come or to come, of a connection of this client. */
  recordOf(client: string, from = 0): Promise<ConnectionRecord> {
    return this.records.first(`a record of ${client}`, (r) => r.client.address === client, { from });
  }
}

/** Starts a balancer with these settings; see `settingsOf`. The caller closes `balancer`. */
export async function balancerOf(flags: Flags, parts: Partial<BalancerParts> = {}): Promise<RunningBalancer> {
  const running = new RunningBalancer(flags, parts);
  await running.balancer.start();
  return running;
}

function logTo(messages: Gathered<LoggedMessage>): Log {
  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      messages.push({ ...fields, level, message });
  return {
    level: "debug",
    isDebug: () => true,
    setLevel: () => {},
    error: write("error"),
    warn: write("warn"),
    info: write("info"),
    debug: write("debug"),
  };
}
