import type { RouteAnswer } from "../compose/route-answer.ts";
import type { Settings } from "../config/settings.ts";
import type { Cause } from "../model/connection-record.ts";
import { COLUMNS, wrap } from "./output.ts";

/** What the hash table was built with. */
export type TableSettings = Pick<Settings, "ringVnodes" | "maglevTable" | "hashSeed">;

/** A name and what there is to say under it. */
export type Row = readonly [name: string, text: string];

const NAME_WIDTH = 14;

/** An answer of `lengket route`, one row for each step of the decision. */
export function routeRows(answer: RouteAnswer, table: TableSettings): readonly Row[] {
  const { location, choice, skipped } = answer;
  const prefix = answer.client.includes(":") && !answer.key.includes(".") ? "V6" : "V4";
  const rows: Row[] = [
    ["client", answer.client],
    ["key", `${answer.key}   (CLIENT_PREFIX_${prefix}=${answer.key.split("/")[1] ?? ""})`],
    ["policy", policyText(answer, table)],
    ["hash", `murmur3 ${hex(answer.hash)}`],
  ];
  if (location !== undefined) {
    const where = location.kind === "point" ? `point ${hex(location.value)}` : `slot ${location.value}`;
    rows.push([answer.policy === "ring" ? "ring" : "table", `${where} of ${location.of}`]);
  }
  rows.push(["order", answer.order.join(", ")]);
  for (const skip of skipped) rows.push(["skipped", `${skip.id}: ${skip.because}`]);
  rows.push(["chosen", decisionText(answer)]);
  if (choice.kind === "chosen") rows.push(["if it leaves", answer.ifItLeaves ?? "nobody is left"]);
  if (answer.caveat !== undefined) rows.push(["http mode", answer.caveat]);
  return rows;
}

/** Rows as text that fits the terminal. */
export function tableText(rows: readonly Row[]): string {
  return rows
    .flatMap(([name, text]) =>
      wrap(text, COLUMNS - NAME_WIDTH).map((line, i) => `${(i === 0 ? name : "").padEnd(NAME_WIDTH)}${line}\n`),
    )
    .join("");
}

/** For a client that the lists keep out. */
export function refusedText(client: string, { refused }: { readonly refused: Cause }): string {
  return `client      ${client}\nrefused     ${refused}: ALLOW and DENY keep it out\n`;
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}

function policyText({ policy }: RouteAnswer, { ringVnodes, maglevTable, hashSeed }: TableSettings): string {
  const size =
    policy === "ring"
      ? `${ringVnodes} virtual nodes per weight, `
      : policy === "maglev"
        ? `${maglevTable} slots, `
        : "";
  return `${policy}, ${size}seed ${hashSeed}`;
}

const WHY: Readonly<Record<string, string>> = {
  home: "first choice",
  failover: "its first choice is not available",
  overflow: "its first choice is full",
  pinned: "an earlier overflow or failover put it there",
  ramping: "its first choice is in slow start",
  "nat-split": "its address is heavy and spread over several backends",
  backup: "no primary backend can take it",
  panic: "too few backends are healthy, so health is ignored",
};

function decisionText({ choice, share }: RouteAnswer): string {
  switch (choice.kind) {
    case "chosen": {
      const owns = share === undefined ? "" : `; owns ${(share * 100).toFixed(1)} % of the key space`;
      return `${choice.member.backend.id}   ${choice.reason}: ${WHY[choice.reason] ?? choice.reason}${owns}`;
    }
    case "wait":
      return `waits for ${choice.for.backend.id}, which is ${choice.because}`;
    case "refused":
      return `refused: ${choice.because}`;
  }
}
