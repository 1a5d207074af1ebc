import { connect, type Socket } from "node:net";
import { encodeProxyV1 } from "../../proxy-protocol/encode.ts";
import type { Visitor } from "./cast.ts";

/** How a visitor gets to the shop: every call opens a connection. */
export type Door = (visitor: Visitor) => Socket;

const HOST = "127.0.0.1";
/** Only the addresses of the visitors matter; their ports need to differ, as those of real connections do. */
const FIRST_PORT = 40_000;
const PORTS = 20_000;

/** Straight to one server. */
export function directDoor(port: number): Door {
  return () => connect({ host: HOST, port });
}

/** The doors in turn, one a connection: round robin. */
export function inTurn(doors: readonly Door[]): Door {
  let next = 0;
  return (visitor) => {
    const door = doors[next % doors.length];
    if (door === undefined) throw new RangeError("round robin needs a server");
    next++;
    return door(visitor);
  };
}

/**
 * Through the balancer. The visitor's made-up address is announced in a PROXY protocol line, as a load balancer in front
 * would do it. Binding the socket to 127.0.x.y instead would work on Linux only.
 */
export function balancerDoor(port: number): Door {
  let connections = 0;
  return ({ address }) => {
    const source = { address, port: FIRST_PORT + (connections++ % PORTS) };
    const socket = connect({ host: HOST, port });
    socket.write(encodeProxyV1(source, { address: HOST, port }));
    return socket;
  };
}
