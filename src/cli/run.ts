import { type Balancer, createBalancer } from "../balancer.ts";
import { affordableConnections, maxConnections } from "../compose/data-path-options.ts";
import { ListenError } from "../compose/listen-error.ts";
import { changedSettings, endsAllCookies, withLiveSettings } from "../config/changed-settings.ts";
import type { Configuration } from "../config/configuration.ts";
import { describeFileError } from "../config/file-error.ts";
import { type LoadOptions, loadConfiguration } from "../config/load-configuration.ts";
import { whereOf } from "../config/origin.ts";
import type { Settings } from "../config/settings.ts";
import { WatchedFile } from "../control/discovery/watched-file.ts";
import type { DrainReport } from "../control/process-drain.ts";
import { ConfigError, type ConfigProblem } from "../model/failure.ts";
import { systemClock } from "../platform/clock.ts";
import { holdProcess } from "../platform/hold-process.ts";
import { type Logs, openLogs } from "./logs.ts";
import type { Output } from "./output.ts";
import { EXIT_CONFIG, printErrors, printWarnings, problemSentence } from "./print-problems.ts";

export interface RunOptions extends LoadOptions {
  readonly stderr: Output;
}

const EXIT_SOFTWARE = 70;
const EXIT_CANNOT_LISTEN = 71;
const FLUSH_DEADLINE_MS = 1000;
/** A list that is being written must look the same twice before it is read. */
const FILE_SETTLE_MS = 100;
const FILE_POLL_MS = 2000;

/**
 * Runs the balancer until it is told to stop.
 * @returns the exit code: 0 after an orderly end, 78 for a bad configuration, 71 when it cannot listen.
 */
export async function run(options: RunOptions): Promise<number> {
  let configuration: Configuration;
  try {
    configuration = loadConfiguration(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printErrors(error.problems, options.stderr, options.env);
    return EXIT_CONFIG;
  }
  printWarnings(configuration.warnings, options.stderr, options.env);
  const { settings, origins } = configuration;
  let logs: Logs;
  try {
    logs = openLogs(settings, options.env);
  } catch (error) {
    const { accessLog } = settings;
    const problem: ConfigProblem = {
      where: whereOf("ACCESS_LOG", origins.accessLog),
      value: accessLog,
      ...describeFileError(error, "write"),
    };
    printErrors([problem], options.stderr, options.env);
    return EXIT_CONFIG;
  }
  const code = await new Run(options, configuration, logs).untilStopped();
  // Nobody catches signals any more, so this one ends us whatever the code would have been: better than never.
  if (!(await logs.close(FLUSH_DEADLINE_MS))) process.kill(process.pid, "SIGTERM");
  return code;
}

/** One run of the balancer: signals, the watched list, reloads. */
class Run {
  readonly #options: RunOptions;
  readonly #logs: Logs;
  readonly #balancer: Balancer;
  readonly #watched: WatchedFile | undefined;
  #settings: Settings;
  /** What the configuration was warned of when it was last read. */
  #warnings: ReadonlySet<string>;
  #stoppedBy: string | undefined;
  #end: (code: number) => void = () => {};

  constructor(options: RunOptions, { settings, warnings }: Configuration, logs: Logs) {
    this.#options = options;
    this.#settings = settings;
    this.#warnings = new Set(warnings.map(problemSentence));
    this.#logs = logs;
    this.#balancer = createBalancer(settings, {
      log: logs.log,
      onRecord: (record) => logs.access?.write(record),
      onRequest: logs.access && ((record) => logs.access?.writeRequest(record)),
      env: options.env,
    });
    if (settings.backendsFile !== undefined) this.#watched = this.#watch(settings.backendsFile);
  }

  async untilStopped(): Promise<number> {
    const release = holdProcess();
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    const unhook = this.#hookSignals();
    try {
      await this.#watched?.start();
      await this.#balancer.start();
      if (!this.#balancer.isClosed) this.#announceStart();
      // The list may have changed between being read and being watched.
      if (this.#watched !== undefined) this.#reloadIfChanged();
      return await ended;
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      this.#logs.log.error(error.message, { event: "listen-failed", listener: error.listener, code: error.code });
      return EXIT_CANNOT_LISTEN;
    } finally {
      unhook();
      this.#watched?.stop();
      release();
    }
  }

  #hookSignals(): () => void {
    const handlers: readonly [NodeJS.Signals | "uncaughtException", (arg: never) => void][] = [
      ["SIGTERM", () => this.#stop("SIGTERM", false)],
      ["SIGINT", () => this.#stop("SIGINT", true)],
      ["SIGHUP", () => this.#reload("SIGHUP")],
      ["SIGUSR1", () => void this.#logs.reopen()],
      ["uncaughtException", (error: Error) => this.#crash(error)],
    ];
    for (const [name, handler] of handlers) process.on(name as "SIGTERM", handler as () => void);
    return () => {
      for (const [name, handler] of handlers) process.removeListener(name, handler as () => void);
    };
  }

  #watch(path: string): WatchedFile {
    return new WatchedFile(
      { path, settleMs: FILE_SETTLE_MS, pollMs: FILE_POLL_MS },
      {
        clock: systemClock,
        onChange: () => this.#reload(path),
        onProblem: (problem) => {
          this.#logs.log.error(`${path} cannot be read, the old list stays: ${problem}`, { event: "backends-file" });
        },
      },
    );
  }

  #announceStart(): void {
    const { addresses, snapshot } = this.#balancer;
    const { hashPolicy, listen } = this.#settings;
    const up = snapshot.members.filter((m) => m.lifecycle === "active" && m.health !== "unhealthy" && !m.ejected);
    const limit = maxConnections(this.#settings);
    const modes = [...new Set(listen.map(({ mode }) => mode))].join(" and ");
    this.#logs.log.info(
      `listening on ${addresses.join(", ")}; ${up.length} of ${snapshot.members.length} backends take clients; ` +
        `${modes}; ${hashPolicy}; at most ${limit} connections`,
      {
        event: "listening",
        addresses: addresses.join(","),
        listeners: listen.map(({ name }) => name).join(","),
        backends: snapshot.members.length,
        up: up.length,
        modes,
        policy: hashPolicy,
        max_connections: limit,
        version: snapshot.version,
      },
    );
    const affordable = affordableConnections();
    if (limit <= affordable) return;
    // When descriptors run out libuv accepts and closes what waits, and tells nobody.
    this.#logs.log.warn(
      `the open files limit allows about ${affordable} connections, LENGKET_MAX_CONNECTIONS is ${limit}: clients beyond ` +
        "the first would be closed without a record; raise the limit (LimitNOFILE=, ulimit -n) or lower the setting",
      { event: "descriptors-short", affordable, max_connections: limit },
    );
  }

  #reloadIfChanged(): void {
    const next = this.#read("start");
    if (next !== undefined && changedSettings(this.#settings, next).live.length > 0) this.#apply("start", next);
  }

  #reload(trigger: string): void {
    const next = this.#read(trigger);
    if (next !== undefined) this.#apply(trigger, next);
  }

  /** The configuration as it is now; a bad one is reported and everything stays as it was. */
  #read(trigger: string): Settings | undefined {
    const { log } = this.#logs;
    try {
      const { settings, warnings } = loadConfiguration(this.#options);
      this.#warnOfNew(trigger, warnings);
      return settings;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) {
        log.error(`not reloaded, ${problemSentence(problem)}`, {
          event: "reload-refused",
          trigger,
          setting: problem.where,
        });
      }
      return undefined;
    }
  }

  /** A warning that was said before is not said at every reload. */
  #warnOfNew(trigger: string, warnings: readonly ConfigProblem[]): void {
    const said = this.#warnings;
    this.#warnings = new Set(warnings.map(problemSentence));
    for (const warning of warnings) {
      const text = problemSentence(warning);
      if (said.has(text)) continue;
      this.#logs.log.warn(text, { event: "config-warning", trigger, setting: warning.where });
    }
  }

  #apply(trigger: string, next: Settings): void {
    const { log, access } = this.#logs;
    const changed = changedSettings(this.#settings, next);
    const allCookiesEnd = endsAllCookies(this.#settings, next);
    this.#settings = withLiveSettings(this.#settings, next);
    log.setLevel(next.logLevel);
    access?.configure({
      sample: next.accessLogSample,
      always: next.accessLogAlways,
      slowMs: next.accessLogSlowMs,
      mask: next.accessLogMask,
    });
    this.#balancer.reload(this.#settings);
    log.info(
      `reloaded by ${trigger}: ${changed.live.length === 0 ? "no setting changed" : `applied ${changed.live.join(", ")}`}`,
      { event: "reloaded", trigger, applied: changed.live.join(",") },
    );
    if (allCookiesEnd) {
      log.warn(
        "none of the secrets from before is among those of LENGKET_COOKIE_SECRET now: no cookie counts any more, and every " +
          "visitor gets a new session; put the old secrets back, behind the new ones, to keep them",
        { event: "secrets-replaced", trigger },
      );
    }
    if (changed.restart.length > 0) {
      log.warn(`a restart is needed to apply ${changed.restart.join(", ")}`, {
        event: "restart-needed",
        settings: changed.restart.join(","),
      });
    }
  }

  /** Ctrl-C comes from somebody who waits at a terminal: it stops accepting at once. */
  #stop(signal: string, atOnce: boolean): void {
    const { log } = this.#logs;
    const first = this.#stoppedBy;
    this.#stoppedBy ??= signal;
    const fields = {
      event: first === undefined ? "stopping" : "stopping-now",
      signal,
      open: this.#balancer.openConnections,
    };
    if (first === undefined) log.info(`${signal}: stopping; a second signal ends all connections now`, fields);
    else log.info(`${signal} ${first === signal ? "again" : `after ${first}`}: ending all connections now`, fields);
    this.#balancer.drain((report) => this.#onDrain(report), { skipListening: atOnce });
  }

  #onDrain({ stage, openConnections, closed }: DrainReport): void {
    const { log } = this.#logs;
    const fields = { event: "drain", stage, open: openConnections, closed };
    switch (stage) {
      case "listening":
        log.info(`still listening until it is quiet; ${connections(openConnections)} open`, fields);
        return;
      case "ending":
        log.info(`accepting no more; waiting for ${connections(openConnections)} to end`, fields);
        return;
      case "done":
        if (closed > 0) log.warn(`stopped; ${connections(closed)} ${closed === 1 ? "was" : "were"} closed`, fields);
        else log.info("stopped; all connections had ended", fields);
        this.#end(0);
    }
  }

  /** A bug of ours. The state is unknown, so the process ends; the supervisor starts a new one. */
  #crash(error: Error): void {
    this.#logs.log.error(`bug: ${error.stack ?? error.message}`, { event: "crash" });
    this.#balancer.close();
    this.#end(EXIT_SOFTWARE);
  }
}

function connections(count: number): string {
  return count === 1 ? "1 connection" : `${count} connections`;
}
