import type { BackendId } from "../model/backend.ts";
import type { Choice, Chosen, Wait } from "../model/choice.ts";
import type { Cause, EndedBy, Phase } from "../model/connection-record.ts";
import type { Timer } from "../platform/clock.ts";
import type { RelaySocket } from "../platform/relay-socket.ts";
import { choose } from "./choose.ts";
import type { DataPath } from "./data-path.ts";
import { Dialing } from "./dialing.ts";
import type { Lease } from "./ledger.ts";
import { splitStart } from "./nat-split.ts";
import { PinHold } from "./pin-hold.ts";
import { pinKeyOf } from "./pins.ts";
import type { Seeker } from "./seeker.ts";
import { isLocalFailure } from "./socket-failure.ts";
import type { Waiter } from "./waiting-room.ts";

export interface AcquisitionEvents {
  /** A backend was chosen and is about to be connected to. Comes again for every further attempt. */
  onChosen(chosen: Chosen): void;
  /** The receiver owns `socket` and replaces its handler at once. */
  onAcquired(socket: RelaySocket, chosen: Chosen): void;
  /** `Wish.takeIdle` has taken a connection. */
  onTaken(chosen: Chosen): void;
  onFailed(endedBy: EndedBy, cause: Cause): void;
  /** It will take a while: time to look whether the client is still there. May come several times. */
  onDelayed(): void;
}

/**
 * The middle of a connection: choose, wait if told to, connect, retry, until there is a backend socket or no hope. Holds
 * the lease of the chosen backend until `release`. Ends in exactly one event, or in `release`.
 *
 * The first retry goes to the same backend after a pause, the others to the next in the client's order; when all have
 * been tried and retries are left, the order starts again after another pause. No byte of the client has been sent to
 * anybody before `onAcquired`.
 */
export class Acquisition implements Waiter {
  readonly #path: DataPath;
  readonly #seeker: Seeker;
  readonly #events: AcquisitionEvents;
  #over = false;
  #timer: Timer | undefined;
  #waiting: Wait | undefined;
  #waitStartMs = 0;
  #queueMs = -1;
  #mayQueue: boolean;
  #lease: Lease | undefined;
  #dialing: Dialing | undefined;
  #tried: Set<BackendId> | undefined;
  #lastFailure: Cause | undefined;
  #connectStartMs = -1;

  /** Under which name the client is pinned; undefined = never. */
  #pinKey: string | undefined;
  /** Its part in keeping the client there, if it is pinned at all. */
  #pin: PinHold | undefined;
  /** `choose` until the first attempt to connect, then `connect`. */
  phase: Phase = "choose";
  chosen: Chosen | undefined;
  /** Monotonic, when the last choice was made. */
  chosenAtMs = 0;
  attempts = 0;
  redispatched = false;
  /** -1 = not reached. */
  connectMs = -1;
  snapshotVersion = 0;

  constructor(path: DataPath, seeker: Seeker, events: AcquisitionEvents) {
    this.#path = path;
    this.#seeker = seeker;
    this.#events = events;
    this.#mayQueue = path.options.queue > 0;
  }

  /** @param nowMs monotonic */
  begin(nowMs: number): void {
    this.#path.tally?.placed(this.#seeker.client);
    this.#act(this.#choose(nowMs));
  }

  /** Time spent waiting, up to now; -1 = neither waited nor tried to connect. */
  get queueMs(): number {
    if (this.#waiting === undefined) return this.#queueMs;
    return Math.max(0, this.#queueMs) + this.#path.clock.nowMs() - this.#waitStartMs;
  }

  /** Stops whatever goes on and gives the lease back. Harmless when called again. */
  release(): void {
    this.#over = true;
    this.#stopWaiting();
    this.#timer?.cancel();
    this.#dialing?.abandon();
    this.#pin?.release();
    this.#releaseLease();
  }

  #choose(nowMs = this.#path.clock.nowMs()): Choice {
    const { published, options, ledger, pins } = this.#path;
    const { wish } = this.#seeker;
    const snapshot = published.current;
    this.chosenAtMs = nowMs;
    this.snapshotVersion = snapshot.version;
    const split = this.#split(snapshot.primary.members.length);
    this.#pinKey = pinKeyOf(this.#seeker, split, options.placement.keys.withPort);
    const request = {
      keyHash: this.#seeker.keyHash,
      pinned: this.#pinKey === undefined ? undefined : pins.find(this.#pinKey, nowMs),
      split,
      tried: this.#tried,
      mayQueue: this.#mayQueue,
      nowMs,
      bound: wish?.bound,
      boundMayDrain: wish?.boundMayDrain ?? false,
      hinted: wish?.hinted,
      picker: wish?.picker,
      isFree: wish?.belongsByHash === false,
    };
    return choose(snapshot, request, options.placement.choose, ledger);
  }

  #split(backends: number): { over: number; start: number } | undefined {
    const { options, counts, ledger } = this.#path;
    const { natSplit } = options;
    if (natSplit.over < 2 || this.#seeker.wish?.hasOwnKey === true) return undefined;
    if (!counts.isHeavy(this.#seeker.client, natSplit.share, ledger.total, backends)) return undefined;
    const start = splitStart(natSplit, this.#seeker.keyHash, this.#seeker.port, this.#seeker.connectionId);
    return { over: natSplit.over, start };
  }

  #act(choice: Choice): void {
    switch (choice.kind) {
      case "chosen":
        this.#connectTo(choice);
        return;
      case "wait":
        this.#waitFor(choice);
        return;
      case "refused":
        if (this.#lastFailure === undefined) this.#fail("balancer", choice.because);
        // Without anybody to try again there is nothing to start over: pausing for better times could go on for ever.
        else if (this.#tried !== undefined && this.#retriesLeft()) this.#startOver();
        else this.#failConnecting(this.#lastFailure);
    }
  }

  // --- waiting ---

  #waitFor(wait: Wait): void {
    const { waitingRoom, options, clock } = this.#path;
    const limit = wait.because === "down" ? Number.POSITIVE_INFINITY : options.queue;
    if (!waitingRoom.enter(wait.for.slot, this, limit, wait.anyWillDo)) {
      this.#mayQueue = false;
      this.#act(this.#choose());
      return;
    }
    this.#waiting = wait;
    this.#events.onDelayed();
    this.#waitStartMs = clock.nowMs();
    this.#timer = clock.after(options.queueTimeoutMs, () => this.#onWaitedTooLong(wait));
  }

  retry(): number | undefined {
    const waiting = this.#waiting;
    if (waiting === undefined) return undefined;
    const choice = this.#choose();
    if (choice.kind === "wait" && (waiting.anyWillDo === true || choice.for.slot === waiting.for.slot))
      return undefined;
    this.#stopWaiting();
    this.#act(choice);
    return choice.kind === "chosen" ? choice.member.slot : undefined;
  }

  #onWaitedTooLong(wait: Wait): void {
    this.#stopWaiting();
    this.#mayQueue = false;
    const { wish } = this.#seeker;
    const isFree = wish?.belongsByHash === false && wish.bound === undefined;
    const mayMove = wait.because === "full" && (isFree || this.#path.options.placement.choose.onDown === "rehash");
    if (mayMove) this.#act(this.#choose());
    else this.#fail("balancer", "queue-timeout");
  }

  #stopWaiting(): void {
    if (this.#waiting === undefined) return;
    this.#timer?.cancel();
    this.#path.waitingRoom.leave(this.#waiting.for.slot, this);
    this.#queueMs = this.queueMs;
    this.#waiting = undefined;
  }

  // --- connecting ---

  #connectTo(choice: Chosen): void {
    const { ledger, options, clock, pool } = this.#path;
    const { backend, slot } = choice.member;
    this.phase = "connect";
    this.#queueMs = Math.max(0, this.#queueMs);
    this.redispatched ||= this.chosen !== undefined && this.chosen.member.slot !== slot;
    this.chosen = choice;
    this.attempts++;
    this.#lease = ledger.lease(slot);
    this.#events.onChosen(choice);
    if (this.#seeker.wish?.takeIdle(choice.member) === true) {
      this.connectMs = 0;
      this.#over = true;
      this.#keepPinned(choice);
      this.#events.onTaken(choice);
      return;
    }
    this.#path.makeWay();
    if (this.#connectStartMs < 0) this.#connectStartMs = clock.nowMs();
    const localAddress = this.#path.nextSourceAddress(backend.host);
    this.#dialing = new Dialing(
      {
        dial: this.#path.dial,
        options: {
          host: backend.host,
          port: backend.port,
          ...(localAddress === undefined ? {} : { localAddress }),
          noDelay: options.connect.noDelay,
          keepAliveMs: options.connect.keepAliveMs,
          readMode: options.readMode,
          batch: this.#path.batch,
        },
        timeoutMs: options.connect.timeoutMs,
        firstBuffer: pool.scratch,
        clock,
      },
      (socket) => this.#onConnected(socket, choice),
      (cause) => this.#onConnectFailed(cause, choice),
    );
  }

  #onConnected(socket: RelaySocket, choice: Chosen): void {
    this.#dialing = undefined;
    this.connectMs = this.#path.clock.nowMs() - this.#connectStartMs;
    this.#over = true;
    this.#path.events.onConnectResult(choice.member.backend, undefined);
    this.#keepPinned(choice);
    this.#events.onAcquired(socket, choice);
  }

  #keepPinned(choice: Chosen): void {
    if (this.#pinKey === undefined || this.#path.options.overflowPinMs === 0) return;
    this.#pin = new PinHold(this.#path, this.#pinKey);
    this.#pin.hold(choice);
  }

  #onConnectFailed(cause: Cause, choice: Chosen): void {
    const { backend } = choice.member;
    this.#dialing = undefined;
    this.#lastFailure = cause;
    this.#releaseLease();
    this.#path.events.onConnectResult(backend, cause);
    if (this.#over) return;
    if (!this.#retriesLeft()) this.#failConnecting(cause);
    else if (this.attempts === 1) this.#chooseAfterPause();
    else {
      this.#tried ??= new Set();
      this.#tried.add(backend.id);
      this.#act(this.#choose());
    }
  }

  #retriesLeft(): boolean {
    return this.attempts <= this.#path.options.connect.retries;
  }

  #startOver(): void {
    this.#tried = undefined;
    this.#chooseAfterPause();
  }

  #chooseAfterPause(): void {
    this.#events.onDelayed();
    const { clock, random, options } = this.#path;
    const delayMs = options.connect.retryDelayMs * (0.5 + random.next());
    this.#timer = clock.after(delayMs, () => this.#act(this.#choose()));
  }

  #failConnecting(cause: Cause): void {
    this.phase = "connect";
    this.#fail(isLocalFailure(cause) ? "balancer" : "backend", cause);
  }

  #fail(endedBy: EndedBy, cause: Cause): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.onFailed(endedBy, cause);
  }

  #releaseLease(): void {
    const lease = this.#lease;
    this.#lease = undefined;
    lease?.release();
  }
}
