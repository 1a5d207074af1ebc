import { drawPlots, plotFileName } from "../../skew/report/draw-plots.ts";
import { reportPage } from "../../skew/report/page/report-page.ts";
import { resultJson, type SimulationResult } from "../../skew/report/simulation-result.ts";
import { describeReportError, REPORT_FILES } from "./report-folder.ts";
import { writeFiles } from "./write-files.ts";

/**
 * Writes the page, the raw figures and the plots of a simulation to a folder, all or none.
 * @returns what is wrong when they cannot be written
 */
export async function writeReport(result: SimulationResult, folder: string): Promise<string | undefined> {
  const plots = await drawPlots(result);
  const files = new Map([
    [REPORT_FILES.page, reportPage(result, plots)],
    [REPORT_FILES.figures, resultJson(result)],
    ...plots.flatMap(({ name, svg }) => [
      [plotFileName(name, "light"), svg.light] as const,
      [plotFileName(name, "dark"), svg.dark] as const,
    ]),
  ]);
  try {
    await writeFiles(folder, files);
    return undefined;
  } catch (error) {
    return describeReportError(error, folder);
  }
}
