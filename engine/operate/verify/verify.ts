import type { Catalogue } from '../../contract/catalogue.ts'
import { type AuthenticationPlace, testAuthentication } from './authentication.ts'
import { type Bench, openBench } from './bench.ts'
import type { Calls } from './calls.ts'
import { testErrors } from './errors.ts'
import { exampleReads, freshReads } from './fresh.ts'
import { testLimits } from './limits.ts'
import type { Line } from './line.ts'
import { testMoney } from './money.ts'
import { type OperationsPlace, testReads, testRegisters, testRemovals } from './operations.ts'
import { openRecords } from './records.ts'
import { testUpstream } from './upstream.ts'
import { testValidation } from './validation.ts'
import { marksOf } from './values.ts'
import type { Verdict, VerifyReport } from './verdict.ts'

export interface VerifyPlace extends Pick<AuthenticationPlace, 'strangers' | 'spoilt' | 'spoiltWhy' | 'without'> {
  catalogue: Catalogue
  calls: Calls
  line: Line | null
  /** Calls through a server that knows no limits of the ERP; null where the ERP may not be asked so often. */
  unlimited: Calls | null
  /** Why there is none. */
  unlimitedWhy: string
  /** Six digits that tell records of this run. */
  mark: string
  /** Whether records may be made, changed and removed. */
  writes: boolean
  /** Whether it is a stand-in, which takes entries for money and many calls at once. */
  standIn: boolean
  /** Tool → arguments of an example, for an upstream MCP server. */
  examples: Readonly<Record<string, Record<string, unknown>>>
  tell?: (verdict: Verdict) => void
}

/** Makes all five suites. What a test comes to is a verdict; throws only where the server itself cannot be asked. */
export async function verify(place: VerifyPlace): Promise<Pick<VerifyReport, 'tests' | 'tools'>> {
  const { catalogue, calls, line, writes, standIn, examples } = place
  const bench = openBench(place.tell)
  const seen = new Set(await calls.names())
  const marks = marksOf(place.mark)
  const upstream = catalogue.erp.kind === 'mcp'
  const fresh = upstream ? exampleReads(catalogue, calls, examples) : freshReads(catalogue, calls)
  const common = { bench, calls, catalogue, line, fresh, marks, writes, money: standIn && writes }
  await testAuthentication({ ...place, ...common })
  if (upstream) await testUpstream(common, examples)
  const records = openRecords(catalogue, calls)
  const operations: OperationsPlace = { ...common, records }
  const known = await testReads(operations)
  const made = await testRegisters(operations, known)
  // What is seeded comes first: what was made here is to be removed again, and nothing may hang on it.
  await testMoney(operations, { ...made, ...known })
  await testRemovals(operations, made)
  await testErrors(common, known)
  await testValidation({ ...common, known, seen })
  const unlimited = place.unlimited === null ? null : freshReads(catalogue, place.unlimited, 1)
  await testLimits({ ...common, unlimited, unlimitedWhy: place.unlimitedWhy, bursts: standIn })
  return { tests: [...bench.verdicts], tools: toolsOf(catalogue, bench) }
}

/** Each tool, in how many tests it was called; or why in none. */
function toolsOf({ tools }: Catalogue, { verdicts }: Bench): VerifyReport['tools'] {
  return Object.keys(tools).map((tool) => {
    const about = verdicts.filter((verdict) => verdict.tools.includes(tool))
    const tried = about.filter(({ outcome }) => outcome !== 'not_tried')
    const why =
      about.find(({ suite }) => suite !== 'validation')?.why ?? about[0]?.why ?? 'no test knows how to call it'
    return { tool, tests: tried.length, why: tried.length > 0 ? null : why }
  })
}
