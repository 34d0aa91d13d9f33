import type { Catalogue } from '../../contract/catalogue.ts'
import type { Bench } from './bench.ts'
import type { Calls } from './calls.ts'
import type { Fresh } from './fresh.ts'
import { type Line, type Spoilt, spoilt } from './line.ts'
import type { Known } from './operations.ts'
import { ABSENT } from './records.ts'
import { argsFor, type Marks } from './values.ts'
import { expect } from './verdict.ts'

export interface ErrorsPlace {
  bench: Bench
  calls: Calls
  catalogue: Catalogue
  line: Line | null
  fresh: Fresh
  marks: Marks
  writes: boolean
  money: boolean
}

/** What is answered for a write to a record that is not there: whatever of these the ERP calls it. */
const REFUSALS = new Set([
  ...ABSENT,
  'erp_validation',
  'erp_conflict',
  'erp_forbidden',
  'resolve_failed',
  'record_state',
])

/** Records that are not there, and an ERP that fails. */
export async function testErrors(place: ErrorsPlace, known: Known): Promise<void> {
  const { bench, calls, catalogue, writes, money, marks } = place
  const absentId = absentIds()
  for (const tool of Object.values(catalogue.tools)) {
    const entity = /^get_(.+)_by_id$/.exec(tool.name)?.[1]
    if (entity === undefined) continue
    await bench.test('errors', `\`${tool.name}\` of nothing is told as not found`, [tool.name], async () => {
      const came = await calls.call(tool.name, { id: absentId(known[`${entity}_id`]) })
      expect(came.kind === 'refused', 'it was answered as if it were there')
      expect(ABSENT.has(came.code), `it was told as \`${came.code}\``)
    })
  }
  for (const tool of Object.values(catalogue.tools)) {
    const entity = /^(?:update|delete)_(.+?)(?:_inactive|_draft|_identifier)?$/.exec(tool.name)?.[1]
    const name = `\`${tool.name}\` of nothing is refused`
    if (entity === undefined || tool.effect === 'settle' || tool.effect === 'read') continue
    if (!writes || (tool.money && !money)) bench.skip('errors', name, [tool.name], 'nothing is written here')
    else {
      await bench.test('errors', name, [tool.name], async () => {
        const id = absentId(known[`${entity}_id`])
        const given = { ...known, id, name: marks.name('C'), amount: 12.34, reference: marks.reference() }
        const came = await calls.call(tool.name, argsFor(tool, given))
        expect(came.kind === 'refused', 'it was answered as if it were done')
        expect(REFUSALS.has(came.code), `it was told as \`${came.code}\``)
      })
    }
  }
  await testFailures(place)
}

/** What an ERP that is in trouble answers: put in its place on the way. */
const TROUBLES: readonly { name: string; fault: Spoilt; codes: readonly string[] }[] = [
  { name: 'a failure of the ERP (HTTP 500) is told as one', fault: { status: 500, body: '' }, codes: ['erp_server'] },
  {
    name: 'an answer that is no data is told as unreadable',
    fault: { status: 200, body: '<html>maintenance</html>', headers: { 'content-type': 'text/html' } },
    codes: ['erp_unreadable_answer'],
  },
  {
    name: 'a connection that is cut is told as one',
    fault: { dropConnection: true },
    codes: ['erp_connection', 'erp_server'],
  },
]

async function testFailures({ bench, line, fresh }: ErrorsPlace): Promise<void> {
  for (const { name, fault, codes } of TROUBLES) {
    if (line === null) bench.skip('errors', name, [], 'nothing stands between the server and the ERP')
    else {
      await bench.test('errors', name, fresh.tools.slice(0, 1), async () => {
        const { came } = await spoilt(line, fault, () => fresh.next())
        expect(came.came.kind === 'refused', 'it was answered as if it were well')
        expect(codes.includes(came.came.code), `it was told as \`${came.came.code}\``)
      })
    }
  }
}

/** Identifiers of the ERP's own form that it has not given, another one each time: some ERPs refuse to be asked twice. */
function absentIds(): (like: string | undefined) => string {
  let given = 999_999_999
  return (like) => {
    given -= 1
    if (like === undefined || /^\d+$/.test(like)) return String(given)
    return /^[0-9a-f]{8}-/i.test(like)
      ? `00000000-0000-4000-8000-${String(given).padStart(12, '0')}`
      : `alcada-none-${given}`
  }
}
