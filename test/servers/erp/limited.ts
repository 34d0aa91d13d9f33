import type { CatalogueTool } from '../../../engine/contract/catalogue.ts'
import type { ErrorRule, LimitRule } from '../../../engine/contract/erp.ts'
import type { ErpClient, ErpClientOptions } from '../../../servers/erp/client.ts'
import {
  type Answer,
  type Closing,
  catalogue,
  client,
  erp,
  erpServer,
  type Seen,
  tool,
  write,
} from './erp-on-loopback.ts'

export const READ: CatalogueTool = tool()
export const OTHER: CatalogueTool = tool({ name: 'get_customer_by_id', native: { path: '/customers' } })
export const WRITE: CatalogueTool = write()
export const ERRORS: ErrorRule[] = [
  { status: [429], kind: 'rate_limited', retryAfter: { header: 'Retry-After', otherwise: 7 }, waits: 'credential' },
  { pointer: '/busy', kind: 'busy', retryAfter: { pointer: '/busy', regex: '(\\d+)' } },
  { pointer: '/limit', kind: 'rate_limited', retryAfter: { pointer: '/limit', regex: '(\\d+)' } },
  { pointer: '/blocked', kind: 'blocked', retryAfter: { pointer: '/blocked', regex: '(\\d+)' } },
  { pointer: '/error', kind: 'validation' },
]

/** A client under these limits, and what the server behind it saw. */
export async function limited(
  open: Closing,
  limits: LimitRule[],
  answer: (n: number) => Answer | Promise<Answer>,
  options: Partial<ErpClientOptions> = {},
): Promise<{ one: ErpClient; seen: Seen[] }> {
  const server = open.add(await erpServer((_, count) => answer(count)))
  const one = open.add(client(catalogue(erp(server.url, { limits, errors: ERRORS }), READ, OTHER, WRITE), options))
  return { one, seen: server.seen }
}

/** An answer with nothing wrong in it. */
export const OK = (): Answer => ({ json: { id: 1, name: 'A' } })
