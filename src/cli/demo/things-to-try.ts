import { once } from "node:events";
import { createServer } from "node:net";
import { basename, relative } from "node:path";
import type { Settings } from "../../config/settings.ts";
import type { BackendId } from "../../model/backend.ts";
import { OfflineBalancer } from "../offline.ts";

/** An address of loopback and the server that it has. */
export interface Neighbour {
  readonly address: string;
  readonly server: BackendId;
}

/** What the commands depend on. */
export interface Surroundings {
  /** Of the page. */
  readonly url: string;
  /** Where the balancer without cookies listens. */
  readonly port: number;
  /** Value of BACKENDS. */
  readonly backends: string;
  /** How this program is called. */
  readonly command: string;
  readonly you: Neighbour;
  /** Somebody on another server. */
  readonly other: Neighbour;
  /** Whether curl can take the other's address. */
  readonly canBind: boolean;
}

const LAST_BYTE = 254;

/** Paragraphs and the commands that belong to them; each command can be copied as it is. */
export function thingsToTry(
  s: Surroundings,
): readonly { readonly text: string; readonly commands: readonly string[] }[] {
  const url = `http://127.0.0.1:${s.port}/cart`;
  const asOther = s.canBind
    ? { text: "", curl: `curl --interface ${s.other.address} ${url}` }
    : // macOS has only 127.0.0.1 of the whole block; a PROXY header says the same.
      { text: " (curl 8.2 or later)", curl: `curl --haproxy-clientip ${s.other.address} ${url}` };
  const route = [`${s.command} route ${s.other.address} \\`, `  --backends ${s.backends}`];
  return [
    {
      text: "The shop stays open. In a browser, with cookies, a cart, and buttons to kill and revive a server:",
      commands: [s.url],
    },
    {
      text: `Or by address, without cookies. You are ${s.you.address}, your server is ${s.you.server}:`,
      commands: [`curl -X POST '${url}/add?item=tea'`, `curl ${url}`],
    },
    { text: `${s.other.address} is somebody else, on ${s.other.server}${asOther.text}:`, commands: [asOther.curl] },
    { text: `Why ${s.other.server}, and where it would be without ${s.other.server}:`, commands: route },
    {
      text: "Connections by address show up below, requests with cookies on the page. Ctrl-C ends the demo.",
      commands: [],
    },
  ];
}

/** You, who connect from 127.0.0.1, and the first neighbour on loopback who has another server. */
export function neighbours(settings: Settings): { readonly you: Neighbour; readonly other: Neighbour } {
  const balancer = new OfflineBalancer(settings);
  const at = (lastByte: number): Neighbour => {
    const address = `127.0.0.${lastByte}`;
    const placement = balancer.place(address, 0);
    const choice = "choice" in placement ? placement.choice : undefined;
    return { address, server: choice?.kind === "chosen" ? choice.member.backend.id : "" };
  };
  const you = at(1);
  let other = at(2);
  for (let lastByte = 3; other.server === you.server && lastByte <= LAST_BYTE; lastByte++) other = at(lastByte);
  return { you, other };
}

/** Whether a socket of this machine can have the address: Linux has all of 127.0.0.0/8, macOS only 127.0.0.1. */
export async function canBind(address: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(0, address);
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/**
 * What to type to run this program again: `lengket` when it was called by that name, else node and the script.
 * @param script process.argv[1]
 */
export function commandName(script: string, folder: string, env: Readonly<Record<string, string | undefined>>): string {
  if (!script.endsWith(".js")) return env["npm_command"] === "exec" ? `npx ${basename(script)}` : basename(script);
  const short = relative(folder, script);
  return `node ${short.startsWith("..") ? script : short}`;
}
