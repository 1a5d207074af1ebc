import { expect } from "chai";
import { type Waiter, WaitingRoom } from "../../../src/path/waiting-room.ts";

/**
 * Waiters that note when they are woken; those in `willing` take the place.
 * @param free any will do for them, and this one is what they take
 */
function waitersIn(room: WaitingRoom, slot: number, names: string, willing: string, free?: number) {
  const woken: string[] = [];
  const waiters = new Map<string, Waiter>();
  for (const name of names) {
    const waiter: Waiter = {
      retry: () => {
        woken.push(name);
        if (!willing.includes(name)) return undefined;
        room.leave(slot, waiter);
        return free ?? slot;
      },
    };
    waiters.set(name, waiter);
    room.enter(slot, waiter, 10, free !== undefined);
  }
  return { woken, waiters };
}

describe("WaitingRoom", () => {
  it("gives a free place to whoever came first", () => {
    const room = new WaitingRoom();
    const { woken } = waitersIn(room, 4, "abc", "abc");
    room.wakeFirst(4);
    expect(woken).to.deep.equal(["a"]);
    room.wakeFirst(4);
    room.wakeFirst(4);
    expect(woken).to.deep.equal(["a", "b", "c"]);
    room.wakeFirst(4);
    expect(woken).to.have.length(3);
    expect(room.size).to.equal(0);
  });

  it("asks the next when the first cannot use the place", () => {
    const room = new WaitingRoom();
    const { woken } = waitersIn(room, 4, "abcd", "c");
    room.wakeFirst(4);
    expect(woken).to.deep.equal(["a", "b", "c"]);
    expect(room.size).to.equal(3);
  });

  it("has a queue for each backend", () => {
    const room = new WaitingRoom();
    const first = waitersIn(room, 1, "a", "a");
    const second = waitersIn(room, 2, "b", "b");
    room.wakeFirst(2);
    expect([first.woken, second.woken]).to.deep.equal([[], ["b"]]);
    room.wakeFirst(3);
    expect(room.size).to.equal(1);
  });

  it("gives a place that its queue does not need to those for whom any will do, first come first served", () => {
    const room = new WaitingRoom();
    const { woken } = waitersIn(room, 1, "ab", "ab", 4);
    const other = waitersIn(room, 2, "cd", "d", 4);
    waitersIn(room, 3, "e", "e");
    for (let i = 0; i < 2; i++) room.wakeFirst(4);
    expect([woken, room.size]).to.deep.equal([["a", "b"], 3]);
    room.wakeFirst(4);
    expect(other.woken, "who waits on speaks for the others").to.deep.equal(["c"]);
  });

  it("asks everybody when the cluster changed", () => {
    const room = new WaitingRoom();
    const first = waitersIn(room, 1, "abc", "b");
    const second = waitersIn(room, 2, "de", "de");
    room.wakeAll();
    expect(first.woken).to.deep.equal(["a", "b", "c"]);
    expect(second.woken).to.deep.equal(["d", "e"]);
    expect(room.size).to.equal(2);
  });

  it("has so many seats for a backend and no more", () => {
    const room = new WaitingRoom();
    const waiter = (): Waiter => ({ retry: () => undefined });
    const [a, b] = [waiter(), waiter()];
    expect(room.enter(1, a, 2)).to.equal(true);
    expect(room.enter(1, b, 2)).to.equal(true);
    expect(room.enter(1, waiter(), 2)).to.equal(false);
    expect(room.enter(2, waiter(), 2)).to.equal(true);
    expect(room.enter(3, waiter(), 0)).to.equal(false);
    expect(room.size).to.equal(3);
    room.leave(1, a);
    expect(room.enter(1, waiter(), 2)).to.equal(true);
  });

  it("does not mind who leaves twice or was never there", () => {
    const room = new WaitingRoom();
    const { waiters } = waitersIn(room, 1, "a", "");
    const a = waiters.get("a");
    if (a === undefined) throw new Error("no waiter");
    room.leave(2, a);
    expect(room.size).to.equal(1);
    room.leave(1, a);
    room.leave(1, a);
    expect(room.size).to.equal(0);
  });
});
