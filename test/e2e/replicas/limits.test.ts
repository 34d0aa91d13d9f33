import type { Client } from '@modelcontextprotocol/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ServerProcess } from '../../../engine/commands/server-process.ts'
import { type ErpName, type Line, openLine } from '../../helpers/line/line.ts'
import { startReplica } from '../../helpers/line/replica.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, startPostgres } from '../../helpers/postgres.ts'

// The real limits of the ERPs, as their stand-ins count them, met by two server processes on one database.

describe.skipIf(needs('postgres').missing !== null)('two server processes on one PostgreSQL', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())

  const ending: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end()
  })

  async function both(
    erp: ErpName,
  ): Promise<{ line: Line; call: (through: number, tool: string, args: object) => Promise<Told> }> {
    const env = { ALCADA_DATABASE_URL: await postgres.database(), ALCADA_REPLICA: 'a' }
    const line = await openLine({ erp, free: true, env })
    ending.push(line.stop)
    const other: ServerProcess = await startReplica(line)
    ending.push(other.stop)
    const token = line.alcada.token('operator')
    const clients: Client[] = [await connect2026(line.alcada.mcp, token), await connect2026(new URL(other.mcp), token)]
    for (const client of clients) ending.push(() => client.close())
    return {
      line,
      async call(through, name, args) {
        const answer = await clients[through % 2]?.callTool({ name, arguments: { ...args } })
        return Object(answer).structuredContent
      },
    }
  }

  test('never ask Nibo more than it allows in a second, and every call is answered', async () => {
    const { line, call } = await both('nibo')
    const told = await Promise.all(
      Array.from({ length: 60 }, (_, index) => call(index, 'get_customers_list', { page: index + 1, page_size: 5 })),
    )
    expect(told.filter(({ error }) => error !== undefined)).toEqual([])
    expect(line.standIn.received.length).toBe(60)
    expect(line.standIn.received.filter(({ status }) => status === 429)).toEqual([])
  })

  test('send Omie one write of a method at a time', async () => {
    const { line, call } = await both('omie')
    line.standIn.failNext({ operation: 'AlterarCategoria', delayMs: 300 })
    const ids = ['2.01.01', '1.01.01', '1.01.02', '2.04.01']
    const told = await Promise.all(ids.map((id, index) => call(index, 'update_category', { id, name: `Nova ${id}` })))
    expect(told.filter(({ error }) => error !== undefined)).toEqual([])
    expect(line.received('AlterarCategoria')).toBe(4)
  })

  test('make fewer errors together than Omie bans a method for, and leave it alone together', async () => {
    const { line, call } = await both('omie')
    const told = await Promise.all(
      Array.from({ length: 40 }, (_, index) => call(index, 'get_category_by_id', { id: `9.${index}` })),
    )
    expect(new Set(told.map(({ error }) => error?.code))).toEqual(new Set(['erp_not_found', 'erp_blocked']))
    expect(line.received('ConsultarCategoria')).toBeGreaterThanOrEqual(6)
    expect(line.received('ConsultarCategoria')).toBeLessThan(10)
    expect(line.standIn.received.filter(({ status }) => status === 425)).toEqual([])
    const asked = line.received('ConsultarCategoria')
    for (const through of [0, 1]) {
      expect(await call(through, 'get_category_by_id', { id: '2.01.01' })).toMatchObject({
        error: { code: 'erp_blocked' },
        alcada: { retry: 'after' },
      })
    }
    expect(line.received('ConsultarCategoria')).toBe(asked)
  })

  test('keep away from a key that Omie has blocked, whichever of them it was told', async () => {
    const { line, call } = await both('omie')
    const faultstring = 'ERROR: API bloqueada por consumo indevido. Tente novamente em 1789 segundos.'
    const body = { faultcode: 'MISUSE_API_PROCESS', faultstring }
    line.standIn.failNext({ operation: 'ListarCategorias', status: 425, body })
    expect(await call(0, 'get_categories_list', {})).toMatchObject({ error: { code: 'erp_blocked' } })
    expect(await call(1, 'get_categories_list', {})).toMatchObject({ error: { code: 'erp_blocked' } })
    expect(line.received('ListarCategorias')).toBe(1)
  })
})

interface Told {
  error?: { code: string }
}
