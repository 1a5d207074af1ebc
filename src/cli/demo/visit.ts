import { Agent, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import type { Visitor } from "./cast.ts";
import type { Door } from "./doors.ts";
import type { CartAnswer } from "./shop.ts";

/** Nothing on loopback takes this long unless it hangs. */
const DEADLINE_MS = 5000;

/** Opens its connections by a door, and keeps one for further requests until it is destroyed. */
class DoorAgent extends Agent {
  readonly #open: () => Socket;

  constructor(open: () => Socket) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#open = open;
  }

  override createConnection(): Socket {
    return this.#open();
  }
}

/** One connection of a visitor to the shop. Whoever made it calls `leave`. */
export class Visit {
  readonly #visitor: Visitor;
  readonly #agent: DoorAgent;

  /**
   * Connects with the first request.
   * @param shared a visit whose connection is used, as a proxy does that sends many people's requests over one
   */
  constructor(visitor: Visitor, door: Door, shared?: Visit) {
    this.#visitor = visitor;
    this.#agent = shared === undefined ? new DoorAgent(() => door(visitor)) : shared.#agent;
  }

  /** @throws Error when the connection fails or the answer is not a cart. */
  look(): Promise<CartAnswer> {
    return this.#ask("GET", "/cart");
  }

  /** @throws Error as `look`. */
  add(item: string): Promise<CartAnswer> {
    return this.#ask("POST", `/cart/add?item=${encodeURIComponent(item)}`);
  }

  /** Takes one such item out. @throws Error as `look`. */
  remove(item: string): Promise<CartAnswer> {
    return this.#ask("POST", `/cart/remove?item=${encodeURIComponent(item)}`);
  }

  /** Closes the connection. */
  leave(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string): Promise<CartAnswer> {
    const { name, jar } = this.#visitor;
    const kept = jar?.toString() ?? "";
    const headers = {
      host: "shop",
      cookie: kept === "" ? `visitor=${name}` : `visitor=${name}; ${kept}`,
    };
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, method, path, headers, timeout: DEADLINE_MS };
      const asked = request(options, (response) => {
        jar?.keep(response.headers["set-cookie"] ?? []);
        readAnswer(response).then(resolve, reject);
      });
      asked.on("timeout", () => asked.destroy(new Error(`no answer within ${DEADLINE_MS / 1000} s`)));
      asked.on("error", reject);
      asked.end();
    });
  }
}

async function readAnswer(response: IncomingMessage): Promise<CartAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const answer: unknown = JSON.parse(text);
  if (!isCartAnswer(answer)) throw new Error(`not a cart: ${text.trim()}`);
  return answer;
}

function isCartAnswer(value: unknown): value is CartAnswer {
  return (
    typeof value === "object" && value !== null && "server" in value && "cart" in value && Array.isArray(value.cart)
  );
}
