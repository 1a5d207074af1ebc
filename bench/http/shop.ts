import { Pattern } from "../support/pattern.ts";

// What driver and backend agree on: the pages of a shop that does not exist.

/** The cookie that binds a visitor to a backend. */
export const COOKIE_NAME = "lengket";

export const SMALL_BYTES = 1024;
export const LARGE_BYTES = 65_536;

/** Where a page of so many bytes is. */
export function pathOf(answerBytes: number): string {
  return `/pages/${answerBytes}`;
}

/** Where something is uploaded whose bytes are those of the pattern from `offset` on; the answer is a small page. */
export function uploadPath(offset: number): string {
  return `/uploads/${offset}`;
}

/** Where in the pattern the pages of the `backend`-th backend (from 0) begin. */
export function pageOffset(backend: number): number {
  return Pattern.startOf(backend);
}
