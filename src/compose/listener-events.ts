import type { Log } from "../observe/log.ts";
import type { ListenerEvents } from "../path/listen.ts";

/** What listeners have to say, as log lines. */
export function listenerEvents(log: Log): ListenerEvents {
  return {
    onAcceptFailed: (listener, error, pauseMs) => {
      const what = pauseMs === undefined ? "" : `; not accepting for ${pauseMs} ms`;
      log.error(`${listener.name}: accepting failed: ${error.message}${what}`, {
        event: "accept-failed",
        listener: listener.name,
      });
    },
    onReopened: (listener) => {
      log.info(`${listener.name}: accepting again`, { event: "accept-resumed", listener: listener.name });
    },
    onStreamFallback: (listener) => {
      log.warn(
        `${listener.name}: this Node.js has other internals than known; reading through streams, which costs more`,
        {
          event: "stream-fallback",
          listener: listener.name,
        },
      );
    },
  };
}
