import { describeFileError } from "../../config/file-error.ts";
import { checkFolder } from "./write-files.ts";

/** The files of a report beside its plots. */
export const REPORT_FILES = { page: "report.html", figures: "results.json" } as const;

const FILE_IN_THE_WAY = { problem: "this is a file", hint: "name a folder; it is made when it is missing" };

/** Why no report could be written to a folder, asked before anything is computed; undefined when nothing speaks against it. */
export async function reportFolderProblem(folder: string): Promise<string | undefined> {
  try {
    await checkFolder(folder, Object.values(REPORT_FILES));
    return undefined;
  } catch (error) {
    return describeReportError(error, folder);
  }
}

/** @param error - of the file system */
export function describeReportError(error: unknown, folder: string): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof Error && code === "EISDIR") {
    return `the report cannot be written to ${folder}: ${error.message}; take it away, or name another folder`;
  }
  const { problem, hint } = code === "EEXIST" ? FILE_IN_THE_WAY : describeFileError(error, "write");
  return `the report cannot be written to ${folder}: ${problem}; ${hint}`;
}
