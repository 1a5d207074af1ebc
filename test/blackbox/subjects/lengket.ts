import { LengketProcess } from "../../support/lengket-process.ts";
import { repositoryText } from "../../support/repository.ts";
import { type BackendPlace, COOKIE, placesOf, type Subject } from "./subject.ts";

/** Lengket as a process, with HAProxy's cookie values so that backends can be named. */
export function lengket(): Subject {
  return {
    name: "lengket",
    title: "Lengket",
    version: /"version": "([^"]+)"/.exec(repositoryText("package.json"))?.[1] ?? "unknown",
    cookie: (backend) => `${COOKIE}=${backend}`,
    start: async (setup) => {
      const short = setup.profile === "short";
      const running = await LengketProcess.start({
        MODE: "http",
        BACKENDS: placesOf(setup).map(settingOf).join(),
        COOKIE_NAME: COOKIE,
        COOKIE_VALUE: "id",
        NEW_SESSION: "round_robin",
        NEW_SESSION_HINT: "0",
        // What cases do to a backend must not take it away from other cases.
        PASSIVE: "false",
        CONNECT_TIMEOUT: "1s",
        HTTP_HEAD_TIMEOUT: short ? "1s" : "20s",
        HTTP_KEEPALIVE_TIMEOUT: short ? "1s" : "20s",
        HTTP_RESPONSE_TIMEOUT: short ? "1s" : "20s",
        IDLE_TIMEOUT: short ? "1s" : "20s",
        ACCESS_LOG: "off",
      });
      let alive = true;
      running.exited.then(() => {
        alive = false;
      });
      return { port: running.port, alive: () => alive, stop: () => running.kill() };
    },
  };
}

function settingOf({ id, host, port }: BackendPlace): string {
  return `${id}=${host}:${port}`;
}
