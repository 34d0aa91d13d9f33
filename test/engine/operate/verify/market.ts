import { join } from 'node:path'
import type { Catalogue } from '../../../../engine/contract/catalogue.ts'
import { loadTree } from '../../../../engine/load/load.ts'
import type { Calls, Came } from '../../../../engine/operate/verify/calls.ts'
import type { Line, Seen, Spoilt } from '../../../../engine/operate/verify/line.ts'
import { verify } from '../../../../engine/operate/verify/verify.ts'
import { newAjv } from '../../../../engine/validate/ajv.ts'
import { validateTree } from '../../../../engine/validate/validate.ts'

type Row = Record<string, unknown>

/** What is wrong with the server or the ERP in one test. */
export interface Planted {
  /** Takes the place of what a call comes to; undefined: nothing is wrong with it. */
  call?: (tool: string, args: Row, as: string) => Came | undefined
  /** The ERP has a rate. Default true. */
  rate?: boolean
  /** The server keeps to the rate. Default true. */
  limits?: boolean
  /** What is answered is heeded. Default true. */
  heeds?: boolean
}

const [MOST, WINDOW_MS] = [20, 80]

let catalogue: Catalogue | null = null

/** The catalogue of the sample ERP. */
export async function feira(): Promise<Catalogue> {
  if (catalogue !== null) return catalogue
  const { tree } = await loadTree(join(import.meta.dirname, '../../../fixtures/stand-in'))
  const checked = validateTree(tree).erps['feira']
  if (checked === undefined) throw new Error('expected the sample to be good')
  // A window so short that it is waited for in earnest.
  const erp = { ...checked.erp, limits: checked.erp.limits.map((limit) => ({ ...limit, perMs: WINDOW_MS })) }
  catalogue = { ...checked.catalogue, erp }
  return catalogue
}

const refused = (code: string, retryAfterS: number | null = null): Came => ({
  kind: 'refused',
  code,
  message: '',
  retryAfterS,
})

/** Verifies a server and an ERP that exist in memory alone. @returns the tests that failed, and why */
export async function failures(
  planted: Planted = {},
  writes: boolean = true,
  standIn: boolean = true,
): Promise<string[]> {
  const erp = await feira()
  const market = marketOf(erp, planted)
  const { tests } = await verify({
    ...{ catalogue: erp, calls: market.calls('right'), line: market.line, unlimited: market.calls('hurried') },
    unlimitedWhy: '',
    ...{ mark: '000001', writes, standIn, examples: {} },
    strangers: [{ who: 'a call without a token', calls: market.calls('stranger') }],
    ...{ spoilt: market.calls('spoilt'), spoiltWhy: '', without: market.calls('without') },
  })
  return tests.flatMap(({ name, outcome, why }) => (outcome === 'failed' ? [`${name}: ${why}`] : []))
}

function marketOf(erp: Catalogue, planted: Planted): { calls: (as: string) => Calls; line: Line } {
  const ajv = newAjv({ strict: false })
  const guards = new Map(Object.values(erp.tools).map(({ name, input }) => [name, ajv.compile(input)]))
  const passed: Seen[] = []
  const faults: Spoilt[] = []
  const tables: Record<string, Row[]> = {
    customer: [1, 2, 3].map((n) => ({
      id: `c${n}`,
      name: `Name ${n}`,
      document: `1122233300018${n}`,
      inactive: false,
    })),
    category: [1, 2].map((n) => ({ id: `k${n}`, name: `Kind ${n}`, kind: 'income' })),
  }
  let next = 10
  let hurried = 0
  let waitUntil = 0

  const starts: number[] = []

  async function reach(): Promise<Came | null> {
    const free = Math.max(performance.now(), (starts.at(-MOST) ?? 0) + WINDOW_MS)
    starts.push(free)
    const wait = planted.limits === false ? 0 : free - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait + 1))
    const now = performance.now()
    const fault = faults.shift()
    passed.push({ method: 'GET', path: '/', status: fault?.status ?? 200, from: now, until: now })
    if (fault === undefined) return null
    if (fault.status === 429) {
      waitUntil = planted.heeds === false ? 0 : now + 1_000
      return refused('erp_rate_limited', 1)
    }
    if (fault.status === 500) return refused('erp_server', 5)
    return refused(fault.dropConnection === true ? 'erp_connection' : 'erp_unreadable_answer')
  }

  function done(tool: string, args: Row): Came {
    const entity = tool.includes('categor') ? 'category' : 'customer'
    const table = tables[entity] ?? []
    const row = table.find(({ id }) => id === args['id'])
    if (tool.endsWith('_list')) {
      const [page, size] = [Number(args['page'] ?? 1), Number(args['page_size'] ?? 50)]
      const met = table.filter(({ name }) => String(name).includes(String(args['name_contains'] ?? '')))
      return { kind: 'done', data: met.slice((page - 1) * size, page * size) }
    }
    if (tool.endsWith('_by_document'))
      return { kind: 'done', data: table.filter((one) => one['document'] === args['document']) }
    if (tool.startsWith('create_')) {
      next += 1
      const { reference: _, ...fields } = args
      table.push({ inactive: false, ...fields, id: `n${next}` })
      return { kind: 'done', data: { id: `n${next}` } }
    }
    if (row === undefined) return refused('erp_not_found')
    if (tool.startsWith('get_')) return { kind: 'done', data: { ...row } }
    if (tool.startsWith('delete_')) table.splice(table.indexOf(row), 1)
    else Object.assign(row, tool.endsWith('_inactive') ? { inactive: true } : args)
    return { kind: 'done', data: { id: row['id'] } }
  }

  const calls = (as: string): Calls => ({
    names: async () => Object.keys(erp.tools),
    close: async () => undefined,
    async call(tool, args) {
      const wrong = planted.call?.(tool, args, as)
      if (wrong !== undefined) {
        if (wrong.kind === 'done' || wrong.code.startsWith('erp_')) await reach()
        return wrong
      }
      if (as === 'stranger') return refused('http_401')
      if (guards.get(tool)?.(args) !== true) return refused('arguments_invalid')
      if (as === 'without') return refused('company_not_served')
      if (performance.now() < waitUntil) return refused('erp_rate_limited', 1)
      if (as === 'hurried') {
        hurried += 1
        if (planted.rate !== false && hurried > 30) return refused('erp_rate_limited', 1)
        return done(tool, args)
      }
      const told = await reach()
      if (told !== null) return told
      return as === 'spoilt' ? refused('erp_auth') : done(tool, args)
    },
  })
  const line: Line = { passed, failNext: (fault) => void faults.push(fault), calm: () => void faults.splice(0) }
  return { calls, line }
}
