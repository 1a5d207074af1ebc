import type { Profile } from "../case.ts";

/** Where a balancer finds a backend; `id` is what its cookie names. */
export interface BackendPlace {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

export interface SubjectSetup {
  readonly backends: readonly BackendPlace[];
  /** A backend that refuses connections. */
  readonly dead: BackendPlace;
  readonly profile: Profile;
}

/** A balancer that runs. Whoever started it stops it. */
export interface RunningSubject {
  readonly port: number;
  /** False as soon as its process has ended. */
  alive(): boolean;
  stop(): Promise<void>;
}

export type SubjectName = "lengket" | "haproxy" | "nginx" | "apache";

/** A balancer that the cases are run against. */
export interface Subject {
  readonly name: SubjectName;
  readonly title: string;
  readonly version: string;
  /** The pair `name=value` of the cookie that binds to a backend. */
  readonly cookie: (backend: string) => string;
  readonly start: (setup: SubjectSetup) => Promise<RunningSubject>;
}

/** All that a profile lets a balancer send requests to. */
export function placesOf({ backends, dead, profile }: SubjectSetup): readonly BackendPlace[] {
  return { usual: backends, short: [...backends, dead], dead: [dead] }[profile];
}

/** The name of the cookie with which all of them bind. */
export const COOKIE = "lengket";
