/** One exchange between the server and the ERP, as the tests look at it. */
export interface Seen {
  method: string
  path: string
  status: number
  /** In milliseconds of one clock; `until` is infinite while it is under way. */
  from: number
  until: number
}

/** What is put in the place of the ERP's next answer. */
export interface Spoilt {
  status?: number
  body?: unknown
  headers?: Record<string, string>
  dropConnection?: boolean
}

/** What stands between the server and the ERP. */
export interface Line {
  passed: readonly Seen[]
  /** The next request is answered like this, and does not reach the ERP. */
  failNext(fault: Spoilt): void
  /** Takes away what no request has met. */
  calm(): void
}

/** The requests that a call led to. */
export async function during<T>(line: Line, act: () => Promise<T>): Promise<{ came: T; requests: readonly Seen[] }> {
  const before = line.passed.length
  const came = await act()
  return { came, requests: line.passed.slice(before) }
}

/** What a call comes to where the ERP answers like this each time: a read may be tried once more. */
export async function spoilt<T>(
  line: Line,
  fault: Spoilt,
  act: () => Promise<T>,
): Promise<{ came: T; requests: readonly Seen[] }> {
  line.failNext(fault)
  line.failNext(fault)
  try {
    return await during(line, act)
  } finally {
    line.calm()
  }
}
