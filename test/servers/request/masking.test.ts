import { expect, test } from 'vitest'
import { call } from './world.ts'
import { admin, useWorlds, viewer } from './worlds.ts'

const { start } = useWorlds()

test('a viewer sees documents and e-mails masked, in what is answered and in nothing else clear', async () => {
  const world = await start()
  const answer = await call(world, viewer, 'get_customer_by_id', { id: '2485001' })
  expect(answer).toMatchObject({
    kind: 'result',
    result: {
      data: {
        name: 'Restaurante Sabor Mineiro Ltda',
        document: '**.658.590/****-**',
        email: 'c***@sabormineiro.example',
      },
    },
  })
  expect(answer.kind === 'result' && answer.result.alcada.masked).toEqual(['/document', '/email', '/phone'])
  expect(JSON.stringify(answer)).not.toContain('33658590')
})

test('a search by document leaves a token in the ledger, never the document', async () => {
  const world = await start()
  await call(world, admin, 'get_customer_by_document', { document: '33658590000365' })
  const text = JSON.stringify(await world.ledger())
  expect(text).toContain('tok_document_')
  expect(text).not.toContain('33658590000365')
})
