/** What a message may cost before it is refused. All bounds are inclusive. */
export interface HeadLimits {
  /** Bytes of the request or status line without its CR LF. RFC 9112, section 3, recommends at least 8000. */
  readonly maxStartLineBytes: number;
  /** Bytes of the whole head, from the first of the start line to the empty line. */
  readonly maxHeadBytes: number;
  /** Field lines. */
  readonly maxFields: number;
}

export interface BodyLimits {
  /** Bytes of one chunk-size line with its extensions, without its CR LF. */
  readonly maxChunkLineBytes: number;
  /** Bytes of all chunk extensions of one body: they carry nothing, but cost a scan (CVE-2024-22019). */
  readonly maxExtensionBytes: number;
  /** Bytes of the trailer section, its empty line included. */
  readonly maxTrailerBytes: number;
  readonly maxTrailerFields: number;
}

export const DEFAULT_REQUEST_HEAD_LIMITS: HeadLimits = Object.freeze({
  maxStartLineBytes: 8192,
  maxHeadBytes: 16_384,
  maxFields: 100,
});

/** Applications set more and longer fields than browsers do (content security policies, many cookies). */
export const DEFAULT_RESPONSE_HEAD_LIMITS: HeadLimits = Object.freeze({
  maxStartLineBytes: 8192,
  maxHeadBytes: 32_768,
  maxFields: 200,
});

export const DEFAULT_BODY_LIMITS: BodyLimits = Object.freeze({
  maxChunkLineBytes: 1024,
  maxExtensionBytes: 16_384,
  maxTrailerBytes: 8192,
  maxTrailerFields: 64,
});

/** Empty lines ahead of a request that are skipped (RFC 9112, section 2.2, asks for one at least). */
export const MAX_LEADING_LINES = 4;
