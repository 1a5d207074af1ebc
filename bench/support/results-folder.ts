import { join } from "node:path";

/**
 * Where the results of a benchmark go. Quick runs only show that it works: what they measure must not replace the results that
 * are kept.
 *
 * @param folder - from the root of the project, e.g. `bench/relay/results`
 */
export function resultsFolder(root: string, folder: string, quick: boolean): string {
  return quick ? join(root, "build", "quick", folder) : join(root, folder);
}
