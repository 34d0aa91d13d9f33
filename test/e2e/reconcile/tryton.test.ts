// What somebody does in Tryton past the server is found, and what the server does is not: on a real trytond and its stand-in.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReconcileReport } from '../../../engine/operate/reconcile/report.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type RpcClient, resultOf, sessionClient } from '../../helpers/tryton/rpc.ts'
import { TRYTONS } from '../tryton/books.ts'
import { type Session, startSession } from '../tryton/session.ts'

const MOINHO = '3'
const DRAFT = { vendor_id: MOINHO, account_id: '1', date: '2031-03-03' }
const DAYS = ['--from', '2031-01-01']
const CONTEXT = { company: 1 }

describe.each(TRYTONS)('%s and its ledger', (_name, start, missing) => {
  describe.skipIf(missing !== null)('are compared', () => {
    const place = mkdtempSync(join(tmpdir(), 'alcada-reconcile-'))
    const tokenFile = join(place, 'token')
    let session: Session
    let rpc: RpcClient

    const tryton = async (method: string, ...params: unknown[]): Promise<unknown> =>
      resultOf(await rpc(`model.account.payment.${method}`, [...params, CONTEXT]), method)
    const reconcile = (): Promise<Ran> =>
      runAlcada(
        [
          ...['--root', session.alcada.project.root, 'reconcile', 'tryton', ...DAYS, '--format', 'json'],
          ...['--server', session.alcada.mcp.href, '--token-file', tokenFile],
        ],
        { ALCADA_STATE_DIR: session.alcada.env['ALCADA_STATE_DIR'] ?? '' },
      )
    const found = async (): Promise<{ code: number | null; told: string[]; report: ReconcileReport }> => {
      const { code, out, err } = await reconcile()
      if (out === '') throw new Error(err)
      const report: ReconcileReport = JSON.parse(out)
      const told = report.differences.map(({ kind, erp, evidence }) => `${kind} ${erp?.id ?? '-'}: ${evidence}`)
      return { code, told, report }
    }

    beforeAll(async () => {
      session = await startSession(start)
      const { user = '', password = '' } = session.books.credentials[AURORA] ?? {}
      rpc = await sessionClient(session.books.url, user, password)
      writeFileSync(tokenFile, session.alcada.token('viewer', { sub: 'auditor-1', for: 'u80' }))
    })
    afterAll(async () => {
      await session?.close()
      rmSync(place, { recursive: true })
    })

    const ids: string[] = []
    test('what came through the server alone is alike', async () => {
      const operator = await session.as('operator')
      for (const [index, amount] of [10, 20, 30, 40, 50].entries()) {
        ids.push(await operator.id('create_payment_draft', { ...DRAFT, amount, reference: `R-${index}` }))
      }
      const [first = '', second = ''] = ids
      await operator.data('update_payment_approved', { payment_ids: [first, second], reference: 'A-0' })
      const { code, told, report } = await found()
      expect({ code, told }).toEqual({ code: 0, told: [] })
      expect(report.matched.map(({ erp, entries }) => [erp.id, erp.status, entries.length])).toEqual([
        [first, 'approved', 2],
        [second, 'approved', 2],
        ...ids.slice(2).map((id) => [id, 'draft', 1]),
      ])
      expect(report.notCompared).toEqual([
        { what: 'the ERP', why: 'no record of the modules that are used shows bank data of a party', open: false },
        { what: 'the ERP', why: 'what customers paid, for no tool of this server receives money', open: false },
      ])
    })

    test('its own reads stand in the ledger, of the person whose token it was', async () => {
      const reads = session.alcada
        .ledger()
        .flatMap(({ event }) => (event.kind === 'opened' && event.input?.caller.person === 'u80' ? [event.tool] : []))
      expect(new Set(reads)).toEqual(new Set(['get_payments_list']))
    })

    test('a payment put in, one taken away, one altered and one approved in Tryton itself are found', async () => {
      const [first = '', , altered = '', approved = '', gone = ''] = ids
      const [made] = Object(
        await tryton('create', [
          {
            ...{ company: 1, kind: 'payable', party: 3, journal: 1 },
            amount: { __class__: 'Decimal', decimal: '77.70' },
            date: { __class__: 'date', year: 2031, month: 3, day: 4 },
          },
        ]),
      )
      await tryton('approve', [made])
      await tryton('write', [Number(altered)], { amount: { __class__: 'Decimal', decimal: '3000.00' } })
      await tryton('approve', [Number(approved)])
      await tryton('delete', [Number(gone)])
      await tryton('draft', [Number(first)])
      const { code, told, report } = await found()
      expect(code).toBe(3)
      expect(told.sort()).toEqual(
        [
          `erp_only ${made}: no entry of the ledger made it`,
          `amount_differs ${altered}: the amount is another one than the ledger let through`,
          `erp_only ${approved}: it is \`approved\` in the ERP; in the ledger nobody let it through`,
          `ledger_only -: the ERP has no payment \`${gone}\` any more`,
          `ledger_only ${first}: the ledger let it through, and in the ERP it is \`draft\``,
        ].sort(),
      )
      const one = report.differences.find(({ kind }) => kind === 'amount_differs')
      expect(one).toMatchObject({
        company: AURORA,
        erp: { amount: 300_000, date: '2031-03-03', counterparty: MOINHO },
        ledger: { amount: 3_000, tool: 'create_payment_draft', caller: 'agent-operator', reference: 'R-2' },
      })
    })
  })
})
