// Omie tells of a payable only how much is settled: what was paid, taken back or left open past the server is found all the same.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAlcada } from '../../helpers/alcada/command.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { type Comparing, comparing } from './line-and-ledger.ts'

const [VENDOR, OTHER, THIRD] = ['2485013', '2485015', '2485017']
const ACCOUNT = '2243121'
let line: Line
let compare: Comparing

async function omie(path: string, call: string, param: object): Promise<Record<string, unknown>> {
  const body = JSON.stringify({ call, ...line.standIn.credentials[AURORA], param: [param] })
  const answer = await fetch(`${line.standIn.url}${path}`, { method: 'POST', body })
  return Object(await answer.json())
}

async function payable(reference: string): Promise<string> {
  const args = { reference, vendor_id: VENDOR, amount: 100, due_date: '2031-02-03', category_id: '2.01.01' }
  return String(Object(await line.data('operator', 'create_account_payable', { ...args, account_id: ACCOUNT })).id)
}

function pay(payable_id: string, more: object = {}): Parameters<Line['call']> {
  const args = { reference: `R-${payable_id}`, payable_id, account_id: ACCOUNT, amount: 100, date: '2026-11-25' }
  return ['operator', 'create_payment', { ...args, ...more }]
}

const ids = { alike: '', partly: '', back: '', past: '', lost: '', cut: '' }

beforeAll(async () => {
  line = await openLine({ erp: 'omie', free: true, standIn: { limitFactor: 1_000 } })
  compare = comparing(line, 'omie')
})
afterAll(async () => {
  compare?.remove()
  await line.stop()
})

test('what was done past the server is told, with what the ERP shows of calls whose end is unknown', async () => {
  // The server's first look at the bank data.
  await line.data('viewer', 'get_vendors_list', {})
  for (const name of Object.keys(ids) as (keyof typeof ids)[]) ids[name] = await payable(name)
  await line.data(...pay(ids.alike, { amount: 60, discount: 40, interest: 5 }))
  await line.data(...pay(ids.partly, { amount: 30 }))
  const { id: taken } = Object(await line.data(...pay(ids.back)))
  await omie('/financas/contapagar/', 'CancelarPagamento', { codigo_baixa: Number(taken) })
  const direct = { codigo_conta_corrente: Number(ACCOUNT), data: '25/11/2026' }
  for (const [id, valor] of [
    [ids.past, 40],
    [ids.partly, 0.5],
  ] as const) {
    await omie('/financas/contapagar/', 'LancarPagamento', { ...direct, codigo_lancamento: Number(id), valor })
  }
  line.standIn.failNext({ operation: 'LancarPagamento', dropConnection: true, afterApplying: true })
  await line.call(...pay(ids.lost))
  line.standIn.failNext({ operation: 'LancarPagamento', dropConnection: true })
  await line.call(...pay(ids.cut))

  const before = { pix_key: 'antes@exemplo.com.br' }
  await line.data('operator', 'update_vendor', { id: VENDOR, bank: { pix_key: 'nova@exemplo.com.br' } })
  await line.data('operator', 'update_vendor', { id: THIRD, bank: before })
  const change = { codigo_cliente_omie: Number(OTHER), dadosBancarios: { cChavePix: 'outra@exemplo.com.br' } }
  await omie('/geral/clientes/', 'AlterarCliente', change)
  const third = { codigo_cliente_omie: Number(THIRD), dadosBancarios: { cChavePix: 'minha@exemplo.com.br' } }
  await omie('/geral/clientes/', 'AlterarCliente', third)

  const { code, told, report } = await compare.about({ ...ids, VENDOR, OTHER, THIRD })
  expect(code).toBe(3)
  expect(told.map((one) => one.replace(/omie-\d+ saw it on \S+:/, 'ENTRY saw it:'))).toEqual([
    'partly erp_only: 0.50 of it is settled without an entry of the ledger',
    'back ledger_only: 100.00 of it, which the ledger settled, is open',
    'past erp_only: 40.00 of it is settled without an entry of the ledger',
    'lost unknown_outcome: 100.00 of it is settled in the ERP, and 0.00 by the ledger without this call',
    'cut unknown_outcome: 0.00 of it is settled in the ERP, and 0.00 by the ledger without this call',
    'OTHER bank_changed: entry ENTRY saw it: bank data changed, and no call since the last look did it',
    'THIRD bank_changed: entry ENTRY saw it: pix_key is not what the call set',
  ])
  expect(JSON.stringify(line.alcada.ledger())).not.toContain('outra@exemplo.com.br')
  expect(report.matched.map(({ erp }) => erp.id)).toContain(ids.alike)
  const next = (id: string) => report.differences.find(({ erp }) => erp?.id === id)?.next ?? ''
  expect([next(ids.lost), next(ids.cut)].map((text) => text.replace(/omie-\d+/, 'ENTRY'))).toEqual([
    'alcada audit resolve ENTRY --done --reason …',
    'alcada audit resolve ENTRY --not-done --reason …',
  ])
  // The commands it names end them.
  for (const id of [ids.lost, ids.cut]) {
    const [, ...words] = next(id).replace('…', 'reconciled').split(' ')
    const env = { ALCADA_STATE_DIR: line.alcada.env['ALCADA_STATE_DIR'] ?? '' }
    expect(await runAlcada(['--root', line.alcada.project.root, ...words], env)).toMatchObject({ code: 0 })
  }
})
