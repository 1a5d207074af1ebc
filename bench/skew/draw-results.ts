import type { Theme } from "../../src/skew/report/plots/theme.ts";
import { plotHeaviestSweep, plotLoadOverTime, plotLoadPerBackend, plotMovedKeys } from "../../src/skew/report/plots.ts";
import { type Courses, TIMED_POPULATION } from "./courses.ts";
import { type MatrixCell, SHOWN_BACKENDS } from "./matrix.ts";

/** One user behind each address, so that nothing but the policies moves anybody. */
const MOVED_POPULATION = "s1";

/** A file of the results, and what is in it. */
export interface DrawnFile {
  readonly name: string;
  readonly svg: string;
}

/** The plots of ten backends, for light and dark pages; of the same figures the same bytes. */
export async function drawResults(
  cells: readonly MatrixCell[],
  { sweep, time }: Courses,
): Promise<readonly DrawnFile[]> {
  const studyOf = (population: string) => {
    const cell = cells.find((one) => one.population === population && one.backends === SHOWN_BACKENDS);
    if (cell === undefined) throw new Error(`${population} was not measured`);
    return cell.study;
  };
  const plots: readonly (readonly [name: string, draw: (theme: Theme) => Promise<string>])[] = [
    ["load-per-backend", (theme) => plotLoadPerBackend(studyOf(TIMED_POPULATION), theme)],
    ["moved-keys", (theme) => plotMovedKeys(studyOf(MOVED_POPULATION), theme)],
    ["heaviest-address", (theme) => plotHeaviestSweep(sweep, theme)],
    ["load-over-time", (theme) => plotLoadOverTime(time, theme)],
  ];
  const files: DrawnFile[] = [];
  for (const [name, draw] of plots) {
    for (const theme of ["light", "dark"] as const)
      files.push({ name: `${name}-${theme}.svg`, svg: await draw(theme) });
  }
  return files;
}
