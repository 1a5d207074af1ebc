import type { Settings } from "../config/settings.ts";
import { type AccessLog, createAccessLog } from "../observe/access-log.ts";
import { LineRing } from "../observe/line-ring.ts";
import { createLog, type Log } from "../observe/log.ts";
import { isSameFile, type LogFile, openLogFile } from "../observe/log-file.ts";
import { privacyBits } from "../observe/mask-address.ts";
import { reportRing } from "../observe/report-ring.ts";
import { systemClock } from "../platform/clock.ts";
import { systemRandom } from "../platform/random.ts";
import { wantsColor } from "./output.ts";

/** Both logs of a running balancer. */
export interface Logs {
  readonly log: Log;
  /** Undefined for ACCESS_LOG=off. */
  readonly access: AccessLog | undefined;
  /** After log rotation: opens the access log's file again. */
  reopen(): Promise<void>;
  /** See {@link closeOutlets}. */
  close(deadlineMs: number): Promise<boolean>;
}

/** The operational log is small; this is what a stuck terminal may cost. */
const LOG_BUFFER_BYTES = 1024 * 1024;
/** Access lines share writes; a line reaches its reader this much later at most. */
const ACCESS_LINGER_MS = 5;

/** A ring and where its lines go. */
interface Outlet {
  readonly ring: LineRing;
  readonly file: LogFile;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens the operational log on stderr and the access log where ACCESS_LOG says.
 * @throws the error of open(2) when the access log's file cannot be opened.
 */
export function openLogs(settings: Settings, env: Env): Logs {
  const target = settings.accessLog;
  const accessOutlet = openAccessOutlet(settings);
  const isShared = accessOutlet !== undefined && isSameFile(accessOutlet.file.fd, process.stderr.fd);
  const logOutlet = isShared ? accessOutlet : outletTo(openLogFile("stderr"), LOG_BUFFER_BYTES, 0);
  const [logRing, accessRing] = [logOutlet.ring, accessOutlet?.ring];
  const log = createLog({
    level: settings.logLevel,
    format: settings.logFormat,
    instance: settings.instance,
    ring: logRing,
    clock: systemClock,
    isTTY: process.stderr.isTTY === true,
    color: wantsColor(process.stderr, env),
  });
  const access = accessRing === undefined ? undefined : accessLogOf(settings, accessRing);
  reportRing(logRing, "the log", log);
  if (accessRing !== undefined && accessRing !== logRing) reportRing(accessRing, "the access log", log);
  const outlets = [...new Set([logOutlet, accessOutlet])].filter((outlet) => outlet !== undefined);
  return {
    log,
    access,
    reopen: async () => {
      if (accessRing === undefined || target === "stdout" || target === "stderr" || target === "off") return;
      try {
        await accessRing.reopen(target);
        log.info(`${target} was opened again`, { event: "log-reopened" });
      } catch (error) {
        log.error(`${target} cannot be opened again, the old file stays: ${String(error)}`, {
          event: "log-reopen-failed",
        });
      }
    },
    close: (deadlineMs) => closeOutlets(outlets, deadlineMs),
  };
}

/**
 * Writes what is left within `deadlineMs`, then closes.
 * @returns false when the process cannot end by itself, because a write that may wait for ever has not come back: the
 *   thread that it holds is waited for.
 */
export async function closeOutlets(outlets: readonly Outlet[], deadlineMs: number): Promise<boolean> {
  await Promise.all(outlets.map(({ ring }) => ring.flush(deadlineMs)));
  for (const { ring } of outlets) ring.close();
  return !outlets.some(({ ring, file }) => file.mayBlock === true && ring.isWriting);
}

function openAccessOutlet({ accessLog: target, accessLogBufferBytes }: Settings): Outlet | undefined {
  if (target === "off") return undefined;
  const file = openLogFile(target === "stdout" || target === "stderr" ? target : { path: target });
  return outletTo(file, accessLogBufferBytes, ACCESS_LINGER_MS);
}

function outletTo(file: LogFile, limitBytes: number, lingerMs: number): Outlet {
  return { file, ring: new LineRing({ file, limitBytes, lingerMs, clock: systemClock }) };
}

function accessLogOf(settings: Settings, ring: LineRing): AccessLog {
  const [maskPrefixV4, maskPrefixV6] = privacyBits(settings.clientPrefixV4, settings.clientPrefixV6);
  return createAccessLog({
    format: settings.accessLogFormat,
    sample: settings.accessLogSample,
    always: settings.accessLogAlways,
    slowMs: settings.accessLogSlowMs,
    mask: settings.accessLogMask,
    maskPrefixV4,
    maskPrefixV6,
    instance: settings.instance,
    ring,
    random: systemRandom,
  });
}
