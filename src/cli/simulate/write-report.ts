import { describeFileError } from "../../config/file-error.ts";
import { drawPlots, plotFileName } from "../../skew/report/draw-plots.ts";
import { reportPage } from "../../skew/report/page/report-page.ts";
import { resultJson, type SimulationResult } from "../../skew/report/simulation-result.ts";
import { writeFiles } from "./write-files.ts";

const FILE_IN_THE_WAY = { problem: "this is a file", hint: "name a folder; it is made when it is missing" };

/**
 * Writes the page, the raw figures and the plots of a simulation to a folder, all or none.
 * @returns what is wrong when they cannot be written
 */
export async function writeReport(result: SimulationResult, folder: string): Promise<string | undefined> {
  const plots = await drawPlots(result);
  const files = new Map([
    ["report.html", reportPage(result, plots)],
    ["results.json", resultJson(result)],
    ...plots.flatMap(({ name, svg }) => [
      [plotFileName(name, "light"), svg.light] as const,
      [plotFileName(name, "dark"), svg.dark] as const,
    ]),
  ]);
  try {
    await writeFiles(folder, files);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (error instanceof Error && code === "EISDIR") {
      return `the report cannot be written to ${folder}: ${error.message}; take it away, or name another folder`;
    }
    const { problem, hint } = code === "EEXIST" ? FILE_IN_THE_WAY : describeFileError(error, "write");
    return `the report cannot be written to ${folder}: ${problem}; ${hint}`;
  }
}
