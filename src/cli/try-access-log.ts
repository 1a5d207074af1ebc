import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { describeFileError } from "../config/file-error.ts";
import type { Finding } from "./try-backends.ts";

/** Whether the file of ACCESS_LOG can be written, or made. Writes nothing; nothing to say about stdout, stderr and off. */
export function tryAccessLog(accessLog: string): readonly Finding[] {
  if (!accessLog.includes("/")) return [];
  const what = `write ${accessLog}`;
  try {
    const exists = existsSync(accessLog);
    if (exists && statSync(accessLog).isDirectory()) return [{ ok: false, what, result: "this is a directory" }];
    if (!exists && !statSync(dirname(accessLog)).isDirectory()) {
      return [{ ok: false, what, result: "a part of the path is not a directory" }];
    }
    accessSync(exists ? accessLog : dirname(accessLog), constants.W_OK);
    return [{ ok: true, what, result: exists ? "may be written" : "may be made" }];
  } catch (error) {
    return [{ ok: false, what, result: describeFileError(error, "write").problem }];
  }
}
