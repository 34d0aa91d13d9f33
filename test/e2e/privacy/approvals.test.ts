import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { NOTE, PERSON, plantedIn } from '../../helpers/outputs/person.ts'
import { deskOf } from '../approvals/desk.ts'

let line: Line
let smtp: SMTPServer
const mails: string[] = []
let told = ''
let request = ''

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      text(stream).then((content) => {
        mails.push(content)
        done()
      }, done)
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()))
  const address: AddressInfo | string | null = smtp.server.address()
  if (typeof address !== 'object' || address === null) throw new Error('expected a port')
  line = await openLine({
    erp: 'omie',
    standIn: { limitFactor: 1_000 },
    edits: [
      [
        'policies/omie/rbac.yaml',
        '  alcada:\n',
        '  approvals: { show_amount: true, notify: [{ type: email, recipients: [financeiro@example.com.br] }] }\n  alcada:\n',
      ],
    ],
    env: {
      ALCADA_SMTP_URL: `smtp://127.0.0.1:${address.port}`,
      ALCADA_MAIL_FROM: 'alcada@example.com.br',
      LOG_LEVEL: 'trace',
    },
  })
  const first = (data: unknown): { id: string } => Object(Array.isArray(data) ? data[0] : data)
  const account = first(await line.data('operator', 'get_bank_accounts_list', {})).id
  const categories = Object.values(Object(await line.data('operator', 'get_categories_list', {})))
  const vendor = first(await line.data('operator', 'create_vendor', { ...PERSON, reference: 'V-PRIV' })).id
  const dates = { due_date: '2026-12-31', issue_date: '2026-11-25' }
  const bill = { reference: 'AP-PRIV', vendor_id: vendor, amount: 60_000, ...dates, account_id: account }
  const category_id = first(categories.filter((one) => Object(one).kind === 'expense').slice(-1)).id
  const asked = await line.call('operator', 'create_account_payable', { ...bill, category_id, description: NOTE })
  told = asked.text
  request = asked.refusal?.alcada.approval?.id ?? ''
})
afterAll(async () => {
  await line.stop()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
})

test('whoever is told by mail hears nothing of the person', async () => {
  await expect.poll(() => mails.length, { timeout: 30_000 }).toBeGreaterThan(0)
  expect(plantedIn(mails.join('\n'))).toEqual([])
  expect(plantedIn(told)).toEqual([])
})

test('an approver sees of her in a note what the policy gives approvers, and no more', async () => {
  const id = request
  const { status, body } = await deskOf(line, 'u40').get(`/approvals/${id}`)
  expect(status).toBe(200)
  const page = JSON.stringify(body)
  // Names, PIX keys and bank accounts they do: whether it goes to the right one is what they judge.
  expect(plantedIn(page).filter((one) => one !== 'name' && one !== 'random PIX key')).toEqual(['account', 'branch'])
  expect(page).toContain('Pagar CPF ***.982.247-**, chave pix f47ac10b-58cc-4372-a567-0e02b2c3d479, ***4321')
})
