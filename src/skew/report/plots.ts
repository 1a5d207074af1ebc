import type { TimeStudy } from "../simulation/time-study.ts";
import type { PlacementStudy } from "../study/placement-study.ts";
import type { Unit } from "./figures.ts";
import type { HeaviestSweep } from "./heaviest-sweep.ts";
import { heaviestSweepBody, heaviestSweepTexts } from "./plots/heaviest-sweep.ts";
import { loadOverTimeBody, loadOverTimeTexts } from "./plots/load-over-time.ts";
import { loadPerBackendBody, loadPerBackendTexts } from "./plots/load-per-backend.ts";
import { movedKeysBody, movedKeysTexts } from "./plots/moved-keys.ts";
import { renderSvg } from "./plots/render-svg.ts";
import type { Theme } from "./plots/theme.ts";

/** SVG: how much load each backend has, a panel for each policy, beside the fair share and the floor. */
export function plotLoadPerBackend(study: PlacementStudy, theme: Theme, unit: Unit = "connection"): Promise<string> {
  const options = { name: "load-per-backend", theme };
  return renderSvg(loadPerBackendBody(study, theme), loadPerBackendTexts(study, theme, unit), options);
}

/** SVG: max/avg against the share of the heaviest address, beside the floor, and what evenness costs. */
export function plotHeaviestSweep(sweep: HeaviestSweep, theme: Theme): Promise<string> {
  const options = { name: "heaviest-address", theme };
  return renderSvg(heaviestSweepBody(sweep, theme), heaviestSweepTexts(sweep, theme), options);
}

/** SVG: who moves when a backend leaves, and when one more comes, beside the ideal. */
export function plotMovedKeys(study: PlacementStudy, theme: Theme, unit: Unit = "connection"): Promise<string> {
  const options = { name: "moved-keys", theme };
  return renderSvg(movedKeysBody(study, theme, unit), movedKeysTexts(study, theme, unit), options);
}

/** SVG: open connections of every backend through the changes of a simulation, for one policy of each kind. */
export function plotLoadOverTime(study: TimeStudy, theme: Theme): Promise<string> {
  const options = { name: "load-over-time", theme };
  return renderSvg(loadOverTimeBody(study, theme), loadOverTimeTexts(study, theme), options);
}
