import { FIELD, UNDERSCORED_FORWARDING } from "../../http/field-names.ts";
import type { FieldTable } from "../../http/field-table.ts";
import { findOrigin, isTrustedPeer, type Origin } from "../../http/forwarded.ts";
import { type ForwardedOut, forwardingEdit } from "../../http/forwarding-out.ts";
import type { ForwardingFields, ForwardingRules } from "../../http/forwarding-rules.ts";
import { FieldLines, type HeadEdits } from "../../http/head-edits.ts";
import { equalsExactly, HYPHEN, LOWER_CASE, UNDERSCORE } from "../../http/octets.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { Cidr } from "../../model/cidr.ts";
import type { Endpoint } from "../../model/client-key.ts";
import { formatAddress } from "../../proxy-protocol/address-text.ts";
import { addressBytes } from "../client-address.ts";
import type { HttpOptions } from "./options.ts";

const NO_FIELDS: ForwardingFields = {
  forwarded: [],
  xForwardedFor: [],
  xForwardedProto: [],
  xForwardedHost: [],
  realIp: [],
};

const ADDRESSES = { parse: addressBytes, format: formatAddress };

/** The lines for a client that speaks to us itself, kept for its next request: they differ only with the Host. */
interface OwnLines {
  readonly host: Buffer;
  readonly lines: FieldLines;
}

/** Who sent each request of one client connection, and what the backend is told about it. */
export class Forwarding {
  readonly #peer: Endpoint;
  readonly #rules: ForwardingRules;
  readonly #out: ForwardedOut;
  readonly #realIpName: Buffer | undefined;
  readonly #isTrusted: boolean;
  readonly #direct: Origin;
  #own: OwnLines | undefined;

  /** @param peer the other end of the connection, or whom a trusted PROXY header named */
  constructor(peer: Endpoint, options: HttpOptions, trusted: readonly Cidr[]) {
    this.#peer = peer;
    this.#rules = { trusted, header: options.forwardedHeader, addresses: ADDRESSES };
    this.#out = options.forwardedOut;
    this.#realIpName = options.realIpHeader === undefined ? undefined : Buffer.from(options.realIpHeader, "latin1");
    this.#isTrusted = isTrustedPeer(peer, this.#rules);
    this.#direct = { client: peer, peerTrusted: false, scheme: undefined, host: undefined };
  }

  /** Finds the client of a request and enters into `edits` what its forwarding headers become. */
  apply(head: RequestHead, edits: HeadEdits): Origin {
    const { fields } = head;
    if (this.#out !== "off") this.#removeUnderscored(head, edits);
    if (!this.#isTrusted && !this.#claimsSomething(fields, head.source)) {
      if (this.#out !== "off") this.#addOwnLines(head, edits);
      return this.#direct;
    }
    const given = this.#read(fields, head.source);
    const origin = this.#isTrusted ? findOrigin(this.#peer, given, this.#rules) : this.#direct;
    const edit = forwardingEdit(
      this.#out,
      { peer: this.#peer, origin, scheme: "http", host: hostOf(head) },
      given,
      this.#rules,
    );
    for (const field of edit.remove) this.#remove(field, head, edits);
    for (const { name, value } of edit.add) edits.addField(name, value);
    return origin;
  }

  /** Nobody writes them so, neither we nor the hops in front; but applications would read them. */
  #removeUnderscored({ fields, source }: RequestHead, edits: HeadEdits): void {
    for (const id of UNDERSCORED_FORWARDING) {
      for (let row = fields.first(id); row >= 0; row = fields.next(id, row)) edits.remove(row);
    }
    const name = this.#realIpName;
    if (name === undefined) return;
    for (let row = 0; row < fields.count; row++) {
      if (isUnderscored(source, fields.lineStart[row] ?? 0, fields.nameEnd[row] ?? 0, name)) edits.remove(row);
    }
  }

  #claimsSomething(fields: FieldTable, source: Buffer): boolean {
    return (
      fields.howMany(FIELD["x-forwarded-for"]) > 0 ||
      fields.howMany(FIELD.forwarded) > 0 ||
      fields.howMany(FIELD["x-forwarded-proto"]) > 0 ||
      fields.howMany(FIELD["x-forwarded-host"]) > 0 ||
      (this.#realIpName !== undefined && fields.find(source, this.#realIpName) >= 0)
    );
  }

  #addOwnLines(head: RequestHead, edits: HeadEdits): void {
    const { source, hostStart, hostEnd } = head;
    let own = this.#own;
    const isSame = own !== undefined && equalsExactly(source, hostStart, hostEnd, own.host);
    if (own === undefined || !isSame) {
      const edit = forwardingEdit(
        this.#out,
        { peer: this.#peer, origin: this.#direct, scheme: "http", host: hostOf(head) },
        NO_FIELDS,
        this.#rules,
      );
      own = {
        host: Buffer.from(source.subarray(hostStart, hostEnd)),
        lines: new FieldLines(edit.add),
      };
      this.#own = own;
    }
    edits.addLines(own.lines);
  }

  #read(fields: FieldTable, source: Buffer): ForwardingFields {
    const valuesOf = (id: number): string[] => {
      const values: string[] = [];
      for (let row = fields.first(id); row >= 0; row = fields.next(id, row))
        values.push(fieldValue(fields, source, row));
      return values;
    };
    const realIp: string[] = [];
    const name = this.#realIpName;
    if (name !== undefined) {
      for (let row = fields.find(source, name); row >= 0; row = fields.find(source, name, row + 1)) {
        realIp.push(fieldValue(fields, source, row));
      }
    }
    return {
      forwarded: valuesOf(FIELD.forwarded),
      xForwardedFor: valuesOf(FIELD["x-forwarded-for"]),
      xForwardedProto: valuesOf(FIELD["x-forwarded-proto"]),
      xForwardedHost: valuesOf(FIELD["x-forwarded-host"]),
      realIp,
    };
  }

  #remove(field: keyof ForwardingFields, head: RequestHead, edits: HeadEdits): void {
    const { fields, source } = head;
    if (field === "realIp") {
      const name = this.#realIpName;
      if (name === undefined) return;
      for (let row = fields.find(source, name); row >= 0; row = fields.find(source, name, row + 1)) edits.remove(row);
      return;
    }
    const id = FIELD_OF[field];
    for (let row = fields.first(id); row >= 0; row = fields.next(id, row)) edits.remove(row);
  }
}

const FIELD_OF: Readonly<Record<Exclude<keyof ForwardingFields, "realIp">, number>> = {
  forwarded: FIELD.forwarded,
  xForwardedFor: FIELD["x-forwarded-for"],
  xForwardedProto: FIELD["x-forwarded-proto"],
  xForwardedHost: FIELD["x-forwarded-host"],
};

/** Whether `bytes[from..to)` is `name` (in lower case), but for underscores in place of hyphens, at least one. */
function isUnderscored(bytes: Buffer, from: number, to: number, name: Buffer): boolean {
  if (to - from !== name.length) return false;
  let found = false;
  for (let i = 0; i < name.length; i++) {
    const octet = LOWER_CASE[bytes[from + i] ?? 0];
    if (octet === UNDERSCORE && name[i] === HYPHEN) found = true;
    else if (octet !== name[i]) return false;
  }
  return found;
}

function fieldValue(fields: FieldTable, source: Buffer, row: number): string {
  return source.toString("latin1", fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
}

function hostOf(head: RequestHead): string | undefined {
  const host = head.source.toString("latin1", head.hostStart, head.hostEnd);
  return host === "" ? undefined : host;
}
