import { keyHash } from "../../hashing/murmur3.ts";

/** The place of a session id, or of what HASH_KEY names, in the key space of every table. @param text latin1 */
export function hashText(text: string, seed: number): number {
  return keyHash(Buffer.from(text, "latin1"), seed);
}
