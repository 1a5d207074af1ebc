import { apache } from "./apache.ts";
import { haproxy } from "./haproxy.ts";
import { lengket } from "./lengket.ts";
import { nginx } from "./nginx.ts";
import type { Subject, SubjectName } from "./subject.ts";

/** What each subject is called as a program. Lengket is the build that the tests belong to. */
const PROGRAMS = { haproxy: "haproxy", nginx: "nginx", apache: "apache2" } as const;

/**
 * The subject of this name.
 *
 * @param find gives the path of a program; undefined, or an error of its own, when it is missing
 */
export function findSubject(name: SubjectName, find: (program: string) => string | undefined): Subject | undefined {
  if (name === "lengket") return lengket();
  const program = find(PROGRAMS[name]);
  return program === undefined ? undefined : { haproxy, nginx, apache }[name](program);
}
