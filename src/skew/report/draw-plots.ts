import type { Theme } from "./plots/theme.ts";
import { plotHeaviestSweep, plotLoadOverTime, plotLoadPerBackend, plotMovedKeys } from "./plots.ts";
import type { SimulationResult } from "./simulation-result.ts";

/** One plot of a report, for light and for dark pages. */
export interface DrawnPlot {
  readonly name: PlotName;
  readonly svg: Readonly<Record<Theme, string>>;
}

/** What a plot shows; names its files. */
export type PlotName = "load-per-backend" | "heaviest-address" | "moved-keys" | "load-over-time";

/** The name of the file beside the report. */
export function plotFileName(name: PlotName, theme: Theme): string {
  return `${name}-${theme}.svg`;
}

/** Draws what there are figures for. */
export async function drawPlots({ placement, time, sweep, unit }: SimulationResult): Promise<readonly DrawnPlot[]> {
  const plots: DrawnPlot[] = [];
  const draw = async (name: PlotName, plot: (theme: Theme) => Promise<string>): Promise<void> => {
    plots.push({ name, svg: { light: await plot("light"), dark: await plot("dark") } });
  };
  if (placement.policies.some(({ connections }) => connections !== undefined)) {
    await draw("load-per-backend", (theme) => plotLoadPerBackend(placement, theme, unit));
  }
  if (sweep !== undefined && sweep.policies.length > 0 && sweep.backends > 1) {
    await draw("heaviest-address", (theme) => plotHeaviestSweep(sweep, theme));
  }
  if (placement.policies.some(({ remove }) => remove !== undefined)) {
    await draw("moved-keys", (theme) => plotMovedKeys(placement, theme, unit));
  }
  if (time.policies.some(({ series }) => series !== undefined)) {
    await draw("load-over-time", (theme) => plotLoadOverTime(time, theme));
  }
  return plots;
}
