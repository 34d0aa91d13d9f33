import type { CatalogueTool } from '../../../engine/contract/catalogue.ts'
import type { RecordMap } from '../../../engine/contract/tool.ts'
import type { ErpOutcome } from '../../../servers/erp/outcome.ts'
import {
  type Answer,
  type Closing,
  call,
  catalogue,
  client,
  type ErpChange,
  erp,
  erpServer,
  type Seen,
} from './erp-on-loopback.ts'

export const PAYABLE: RecordMap = {
  fields: {
    '/id': { from: '/codigo', as: 'integer' },
    '/reference': { arg: '/reference' },
    '/vendor_id': { first: ['/fornecedor/id', '/cliente/id'], as: 'integer' },
    '/description': { join: ['/a', '/b'] },
    '/due_date': { from: '/venc', as: 'date_br' },
    '/amount': { from: '/valor', as: 'decimal' },
    '/open_amount': { minus: ['/valor', '/pago'], as: 'decimal' },
    '/paid_amount': { from: '/pago' },
    '/status': { from: '/situacao', map: { 'A VENCER': 'open', PAGO: 'paid', ODD: 'nowhere' } },
    '/category_id': { const: '1.01' },
    '/issue_date': { from: '/valor', as: 'decimal' },
  },
  sensitive: {},
}

/** What comes of one call of a tool against a server that gives these answers, and what that server saw. */
export async function asked(
  open: Closing,
  of: CatalogueTool,
  args: Record<string, unknown>,
  answer: (n: number) => Answer,
  change: ErpChange = {},
): Promise<{ outcome: ErpOutcome; seen: Seen[] }> {
  const server = open.add(await erpServer((_, count) => answer(count)))
  const base = catalogue(erp(server.url, change), of)
  const one = open.add(client({ ...base, records: { ...base.records, account_payable: PAYABLE } }))
  const outcome = await one.call(call(of, args))
  return { outcome, seen: server.seen }
}
