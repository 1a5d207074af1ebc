import type { Answer } from "./answer-reader.ts";

/** A cookie and the backend that it stands for. */
export interface Session {
  readonly cookie: string;
  readonly backend: number;
}

/**
 * The session that an answer begins.
 * @throws Error when it brings no cookie
 */
export function sessionOf({ cookie, backend }: Answer): Session {
  if (cookie === undefined) throw new Error("the answer to a request without cookie sets none");
  return { cookie, backend };
}

/** Why an answer is not the one that the session should get; undefined = it is. */
export function faultOf(answer: Answer, session: Session): string | undefined {
  if (answer.backend !== session.backend)
    return `the cookie of backend ${session.backend} brought an answer of backend ${answer.backend}`;
  return answer.cookie === undefined ? undefined : "the answer to a request with a valid cookie sets another one";
}

/**
 * Whether it matters where an answer comes from.
 * @throws Error when all visitors are on one backend: nobody would notice a balancer without stickiness
 */
export function assertSpread(sessions: readonly Session[]): void {
  if (new Set(sessions.map(({ backend }) => backend)).size > 1) return;
  throw new Error(`all ${sessions.length} visitors are on one backend`);
}
