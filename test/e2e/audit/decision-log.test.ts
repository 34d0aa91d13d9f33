import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { type LogReceiver, startLogReceiver } from '../../helpers/log-receiver.ts'

let receiver: LogReceiver
let line: Line
beforeAll(async () => {
  receiver = await startLogReceiver()
  line = await openLine({
    erp: 'omie',
    env: { ALCADA_DECISION_LOG_URL: receiver.url },
    edits: [['policies/omie/security.yaml', 'log_all_requests: true', 'log_all_requests: false']],
  })
})
afterAll(async () => {
  await line.stop()
  await receiver.close()
})

test('with log_all_requests: false a server keeps allowed reads to its ledger and sends the rest', async () => {
  await line.data('viewer', 'get_vendors_list', {})
  await line.data('operator', 'create_vendor', {
    reference: 'V-9',
    name: 'Sal da Terra Ltda',
    document: '11222333000181',
  })
  while (receiver.got.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(receiver.got.flat().map(({ input }) => input.tool.name)).toEqual(['create_vendor'])
  const opened = line.alcada.ledger().flatMap(({ event }) => (event.kind === 'opened' ? [event.tool] : []))
  expect(opened).toContain('get_vendors_list')
})
