/** A rule of the ERP refuses: HTTP 200 with `["UserError",[message,"",more]]`. */
export class UserError extends Error {
  /** Third element of the answer: definitions of the fields a broken domain names. */
  readonly more: unknown
  constructor(message: string, more: unknown = null) {
    super(message)
    this.more = more
  }
}

/** The ERP's code failed: HTTP 200 with `[message,""]`, in Python's words. */
export class CodeError extends Error {}

/** Refused before any model was called: an HTTP status and a page for people. */
export class HttpError extends Error {
  readonly status: number
  constructor(status: number, message: string = pages[status]?.[1] ?? '') {
    super(message)
    this.status = status
  }
}

/** Name and sentence of the pages, as werkzeug writes them. */
export const pages: Record<number, readonly [string, string]> = {
  308: ['Redirecting...', 'You should be redirected automatically to the target URL.'],
  400: ['Bad Request', 'The browser (or proxy) sent a request that this server could not understand.'],
  401: [
    'Unauthorized',
    'The server could not verify that you are authorized to access the URL requested. You either supplied the wrong credentials (e.g. a bad password), or your browser doesn&#39;t understand how to supply the credentials required.',
  ],
  403: [
    'Forbidden',
    'You don&#39;t have the permission to access the requested resource. It is either read-protected or not readable by the server.',
  ],
  405: ['Method Not Allowed', 'The method is not allowed for the requested URL.'],
  429: ['Too Many Requests', 'This user has exceeded an allotted request count. Try again later.'],
  500: ['Internal Server Error', ''],
}

/** `KeyError` of Python: the bare name in quotes. */
export function keyError(name: string): CodeError {
  return new CodeError(`'${name}'`)
}
