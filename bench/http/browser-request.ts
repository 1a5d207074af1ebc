import { COOKIE_NAME, pathOf, SMALL_BYTES, uploadPath } from "./shop.ts";

/** What is different from request to request. */
export interface BrowserRequest {
  /** Of the page, when nothing is uploaded. */
  readonly answerBytes?: number;
  /** Value of the cookie of an earlier answer. */
  readonly cookie?: string;
  /** Which browser it is, up to eight digits: a part of its User-Agent. */
  readonly browser: number;
  readonly close: boolean;
  readonly upload?: { readonly offset: number; readonly body: Buffer };
}

const BROWSER_DIGITS = 8;
const BROWSER_MARK = "Gecko/";

/** A request as a browser sends it: 12 fields, about 500 bytes, two cookies of the application and perhaps ours between them. */
export function browserRequest({ answerBytes = SMALL_BYTES, cookie, browser, close, upload }: BrowserRequest): Buffer {
  const ours = cookie === undefined ? "" : `${COOKIE_NAME}=${cookie}; `;
  const head = [
    upload === undefined ? `GET ${pathOf(answerBytes)} HTTP/1.1` : `POST ${uploadPath(upload.offset)} HTTP/1.1`,
    "Host: shop.example",
    `User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) ${BROWSER_MARK}${digitsOf(browser)} Firefox/145.0`,
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: id,en;q=0.7,en-US;q=0.3",
    "Accept-Encoding: gzip, deflate, br",
    "Referer: http://shop.example/basket",
    `Connection: ${close ? "close" : "keep-alive"}`,
    `Cookie: theme=dark; ${ours}seen=4d9e1c07`,
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-User: ?1",
    ...(upload === undefined
      ? []
      : ["Content-Type: application/octet-stream", `Content-Length: ${upload.body.length}`]),
    "",
    "",
  ].join("\r\n");
  return upload === undefined ? Buffer.from(head) : Buffer.concat([Buffer.from(head), upload.body]);
}

/** Makes the same request one of another browser. It must not be on its way any more. */
export function setBrowser(request: Buffer, browser: number): void {
  request.write(digitsOf(browser), request.indexOf(BROWSER_MARK) + BROWSER_MARK.length, "latin1");
}

function digitsOf(browser: number): string {
  return String(browser % 10 ** BROWSER_DIGITS).padStart(BROWSER_DIGITS, "0");
}
