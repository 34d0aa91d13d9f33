import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { type Answer, modern, post } from '../../helpers/mcp/post.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, startPostgres } from '../../helpers/postgres.ts'

describe.skipIf(needs('postgres').missing !== null)('while the state cannot be read', () => {
  let postgres: Postgres
  let alcada: Alcada
  beforeAll(async () => {
    postgres = await startPostgres()
    alcada = await startAlcada({ erp: 'omie', env: { ALCADA_DATABASE_URL: await postgres.database() } })
  })
  afterAll(async () => {
    await alcada.stop()
    await postgres.stop()
  })

  function list(): Promise<Answer> {
    const { body = '', headers = {} } = modern('tools/list')
    return post(alcada.mcp, { body, headers: { authorization: `Bearer ${alcada.token('viewer')}`, ...headers } })
  }

  test('nobody is let in, though the token is good; once it can, they are', async () => {
    expect((await list()).status).toBe(200)
    await postgres.crash()
    const answer = await list()
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
    expect(answer.text).toContain('the state cannot be read, so nobody is let in')
    expect(answer.text).not.toContain('postgres')
    const health = await fetch(`${alcada.ops}/health/ready`)
    expect([health.status, await health.json()]).toMatchObject([503, { status: 'denying', ledger: 'unavailable' }])
    await postgres.start()
    let status = 503
    while (status === 503) status = (await list()).status
    expect(status).toBe(200)
  }, 180_000)
})
