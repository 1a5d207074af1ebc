import { createHash, createHmac } from "node:crypto";
import type { BackendId } from "../model/backend.ts";

/**
 * The bytes of an opaque token, base64url without padding (RFC 4648, section 5). Both parts are multiples of three bytes, so
 * that every token has exactly one spelling.
 *
 * ```
 * name  = version (1) ‖ MAC(key, "lengket backend" ‖ version ‖ length of id ‖ id)[0, 17)      24 characters
 * dates = issued (4) ‖ seen (4) ‖ MAC(key, "lengket dates" ‖ name ‖ issued ‖ seen)[0, 16)     32 characters, only when asked for
 * ```
 * MAC is HMAC-SHA-256 (RFC 2104) cut to 136 and 128 bits, or SHA-256 when there is no key. The text in front keeps the two
 * uses of one key apart; names carry their length, so that no two inputs give the same bytes.
 */

/** A secret, or undefined = none: a plain hash instead of a MAC. */
export type TokenKey = Uint8Array | undefined;

export const NAME_LENGTH = 24;
export const DATES_LENGTH = 32;

const NAME_MAC_BYTES = 17;
const DATE_BYTES = 4;
const DATES_MAC_BYTES = 16;

/** The first byte of a token. It goes into the MAC too, so that a token of one form is never taken for another. */
function versionOf(key: TokenKey, dated: boolean): number {
  return (key === undefined ? 2 : 0) + (dated ? 2 : 1);
}

const LAST_VERSION = 4;

/** Whether `text` could be a token of ours: its length, its alphabet and its first byte are right. */
export function hasTokenForm(text: string): boolean {
  if (text.length !== NAME_LENGTH && text.length !== NAME_LENGTH + DATES_LENGTH) return false;
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return false;
  const version = Buffer.from(text.slice(0, 4), "base64url")[0] ?? 0;
  const dated = text.length > NAME_LENGTH;
  return version >= 1 && version <= LAST_VERSION && (version % 2 === 0) === dated;
}

/** The part of a token that names the backend; without dates the whole token. */
export function tokenName(key: TokenKey, dated: boolean, id: BackendId): string {
  const version = versionOf(key, dated);
  const idBytes = Buffer.from(id, "utf8");
  const message = Buffer.alloc(5 + idBytes.length);
  message[0] = version;
  message.writeUInt32BE(idBytes.length, 1);
  idBytes.copy(message, 5);
  const mac = macOf(key, "lengket backend", message).subarray(0, NAME_MAC_BYTES);
  return Buffer.concat([Buffer.of(version), mac]).toString("base64url");
}

/** The dates of a token, in whole seconds since the epoch (0 to 2^32 − 1). */
export function tokenDates(key: TokenKey, name: string, issuedAtS: number, seenAtS: number): string {
  return sealedDates(key, name, issuedAtS, seenAtS).toString("base64url");
}

/** The dates as {@link tokenDates} wrote them, not proven yet; undefined when `text` has another form. */
export function readTokenDates(text: string): { readonly issuedAtS: number; readonly seenAtS: number } | undefined {
  if (text.length !== DATES_LENGTH || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  return { issuedAtS: bytes.readUInt32BE(0), seenAtS: bytes.readUInt32BE(DATE_BYTES) };
}

/** The bytes of the dates and the MAC over them. */
export function sealedDates(key: TokenKey, name: string, issuedAtS: number, seenAtS: number): Buffer {
  const sealed = Buffer.alloc(2 * DATE_BYTES + DATES_MAC_BYTES);
  sealed.writeUInt32BE(issuedAtS, 0);
  sealed.writeUInt32BE(seenAtS, DATE_BYTES);
  const dates = sealed.subarray(0, 2 * DATE_BYTES);
  macOf(key, "lengket dates", Buffer.concat([Buffer.from(name, "latin1"), dates])).copy(sealed, 2 * DATE_BYTES);
  return sealed;
}

function macOf(key: TokenKey, use: string, message: Uint8Array): Buffer {
  const hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  return hash.update(`${use}\0`).update(message).digest();
}
