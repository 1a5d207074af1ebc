import { BodyLength, type Framing } from "./body-length.ts";
import { ConnectionOptions } from "./connection-options.ts";
import { FIELD } from "./field-names.ts";
import { FieldTable } from "./field-table.ts";
import { isHostAndPort } from "./host.ts";
import { MemberList } from "./member-list.ts";
import { type Method, methodOf } from "./methods.ts";
import { asciiOctets, equalsIgnoringCase } from "./octets.ts";
import type { RefusalCode } from "./refusal.ts";
import { authorityEnd, authorityStart, type TargetForm, targetForm } from "./request-target.ts";
import { UpgradeWish } from "./upgrade-wish.ts";

const CONTINUE = asciiOctets("100-continue");
const TRAILERS = asciiOctets("trailers");

/**
 * A request head as offsets into `source`, the buffer it was scanned in, and what was decided from it. One object serves
 * one head after another. Written by RequestScanner only; valid until its next scan and only as long as the bytes of
 * `source` stay.
 */
export class RequestHead {
  source: Buffer = Buffer.alloc(0);
  readonly fields: FieldTable;
  /** The first byte of the method. */
  start = 0;
  /** `start..methodEnd` is the method, `methodEnd + 1..targetEnd` the target. */
  methodEnd = 0;
  targetEnd = 0;
  /** Behind the empty line: the first byte of the body or of the next request. */
  end = 0;
  /** 0 or 1. Later minor versions count as 1 (RFC 9110, section 2.5). */
  minorVersion = 1;
  method: Method = "other";
  targetForm: TargetForm = "origin";
  /** Who is asked: the authority of an absolute-form target, otherwise the value of Host. Empty when neither is there. */
  hostStart = 0;
  hostEnd = 0;
  /** Never `until-close` or `tunnel`: a request that ends with its connection could not be answered. */
  framing: Framing = "none";
  /** Content-Length, -1 when there is none. */
  contentLength = -1;
  /** The client would like to send another request on this connection. */
  keepAlive = false;
  /** The client waits for 100 before it sends the body. Never in HTTP/1.0. */
  expectContinue = false;
  /** `Upgrade` and `Connection: upgrade` are both there (RFC 9110, section 7.8). Never in HTTP/1.0. */
  upgrade = false;
  /** The protocols asked for, when `upgrade`. */
  upgradeStart = 0;
  upgradeEnd = 0;
  /** The protocol asked for is WebSocket and nothing else. */
  webSocket = false;
  /** `TE: trailers`: the client takes trailers. */
  acceptsTrailers = false;
  readonly #connection = new ConnectionOptions();
  readonly #length = new BodyLength();
  readonly #wish = new UpgradeWish();
  readonly #members = new MemberList();

  /** @param maxFields field lines at most */
  constructor(maxFields: number) {
    this.fields = new FieldTable(maxFields);
  }

  get targetStart(): number {
    return this.methodEnd + 1;
  }

  /** Fills in what follows from the start line and the fields; the reason to refuse the request, or undefined. */
  decide(): RefusalCode | undefined {
    const { source, fields } = this;
    this.method = methodOf(source, this.start, this.methodEnd);
    if (this.method === "CONNECT") return "connect";
    const form = targetForm(source, this.targetStart, this.targetEnd, this.method);
    if (form === undefined) return "target-form";
    this.targetForm = form;
    if (!this.#connection.read(fields, source)) return "connection";
    const fault = this.#length.read(fields, source, this.minorVersion) ?? this.#decideHost();
    if (fault !== undefined) return fault;
    this.contentLength = this.#length.contentLength;
    this.framing = this.#length.chunked ? "chunked" : this.contentLength >= 0 ? "length" : "none";
    const isOld = this.minorVersion === 0;
    this.keepAlive = !this.#connection.close && (!isOld || this.#connection.keepAlive);
    this.acceptsTrailers = !isOld && fields.howMany(FIELD.te) > 0 && this.#takesTrailers();
    this.#decideExpect(isOld);
    this.#decideUpgrade(isOld);
    return undefined;
  }

  /**
   * One valid Host, whatever the target says (RFC 9112, section 3.2). The authority of an absolute-form target then
   * takes its place (section 3.2.2). An empty one is for targets without authority.
   */
  #decideHost(): RefusalCode | undefined {
    const { source, fields } = this;
    const row = fields.first(FIELD.host);
    if (fields.howMany(FIELD.host) > 1) return "host-repeated";
    this.hostStart = 0;
    this.hostEnd = 0;
    if (row >= 0) {
      this.hostStart = fields.valueStart[row] ?? 0;
      this.hostEnd = fields.valueEnd[row] ?? 0;
      const empty = this.hostStart === this.hostEnd;
      if (empty ? this.targetForm === "absolute" : !isHostAndPort(source, this.hostStart, this.hostEnd)) {
        return "host-invalid";
      }
    } else if (this.minorVersion > 0) return "host-missing";
    if (this.targetForm !== "absolute") return undefined;
    this.hostStart = authorityStart(source, this.targetStart, this.targetEnd);
    this.hostEnd = authorityEnd(source, this.hostStart, this.targetEnd);
    return isHostAndPort(source, this.hostStart, this.hostEnd) ? undefined : "target-form";
  }

  /** HTTP/1.0 knows no 100; its Expect says nothing and must not make a backend send one (RFC 9110, section 10.1.1). */
  #decideExpect(isOld: boolean): void {
    const { source, fields } = this;
    this.expectContinue = false;
    const row = fields.first(FIELD.expect);
    if (row < 0) return;
    if (isOld) {
      for (let each = row; each >= 0; each = fields.next(FIELD.expect, each)) fields.hopByHop[each] = 1;
    } else if (fields.hopByHop[row] === 0) {
      this.expectContinue =
        fields.howMany(FIELD.expect) === 1 &&
        equalsIgnoringCase(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0, CONTINUE);
    }
  }

  #decideUpgrade(isOld: boolean): void {
    const wish = this.#wish;
    if (this.#connection.upgrade && !isOld) wish.read(this.fields, this.source);
    else wish.clear();
    this.upgrade = wish.present;
    this.upgradeStart = wish.start;
    this.upgradeEnd = wish.end;
    this.webSocket = wish.webSocket;
  }

  #takesTrailers(): boolean {
    const { source, fields } = this;
    const members = this.#members;
    for (let row = fields.first(FIELD.te); row >= 0; row = fields.next(FIELD.te, row)) {
      members.over(source, fields.valueStart[row] ?? 0, fields.valueEnd[row] ?? 0);
      while (members.next()) if (members.is(TRAILERS)) return true;
    }
    return false;
  }
}
