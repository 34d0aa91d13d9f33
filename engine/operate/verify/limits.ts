import type { Catalogue } from '../../contract/catalogue.ts'
import type { ErrorRule, LimitRule } from '../../contract/erp.ts'
import type { Bench } from './bench.ts'
import type { Calls } from './calls.ts'
import type { Fresh } from './fresh.ts'
import { during, type Line, type Seen, spoilt } from './line.ts'
import { expect, NotTried } from './verdict.ts'

export interface LimitsPlace {
  bench: Bench
  catalogue: Catalogue
  calls: Calls
  fresh: Fresh
  line: Line | null
  /** Lists through a server that knows no limits of the ERP; null where the ERP may not be asked so often. */
  unlimited: Fresh | null
  /** Why there is none. */
  unlimitedWhy: string
  /** Whether many calls may be made at once. */
  bursts: boolean
}

/** Told of a limit. */
const LIMITED: ReadonlySet<string> = new Set(['erp_rate_limited', 'erp_blocked', 'erp_busy'])
/** A window of at most so many calls and milliseconds is filled to see what is beyond. */
const [MOST_CALLS, MOST_MS] = [40, 3_000]
/** Calls that are sent at once where as many as one likes may be under way. */
const AT_ONCE = 20
/** As a clock beside ours sees a second. */
const SLACK_MS = 5

/** That the server keeps to the ERP's limits, that there are some, and that an answer that tells of one is heeded. */
export async function testLimits(place: LimitsPlace): Promise<void> {
  const { bench, catalogue, fresh, line, unlimited, bursts } = place
  const { limits, errors } = catalogue.erp
  const rule = limits.find(
    ({ key, max, perMs, of }) =>
      of === undefined &&
      key.includes('credential') &&
      !key.includes('args') &&
      max !== undefined &&
      perMs !== undefined,
  )
  const [first] = fresh.tools
  const tools = first === undefined ? [] : [first]
  const held = 'the server sends no more calls than erp.yaml allows, and all of them are answered'
  const real = 'a real system is not put under load'
  const none = 'erp.yaml declares no rate'
  const short = rule?.max !== undefined && rule.max <= MOST_CALLS && (rule.perMs ?? 0) <= MOST_MS ? rule : null
  const reason = !bursts ? real : rule === undefined ? none : 'the window of erp.yaml is too long to be filled here'
  if (short === null || !bursts || line === null) bench.skip('limits', held, tools, reason)
  else await bench.test('limits', held, fresh.tools, () => keeps(short, fresh, line))

  const limit = limits.find(({ concurrency, of }) => of === undefined && concurrency !== undefined)
  const together = 'the server has no more calls under way than erp.yaml allows'
  if (limit?.concurrency === undefined) bench.skip('limits', together, tools, 'erp.yaml declares no number')
  else if (!bursts || line === null) bench.skip('limits', together, tools, real)
  else {
    const { concurrency, key } = limit
    await bench.test('limits', together, fresh.tools, async () => {
      const { requests } = await during(line, () => Promise.all(Array.from({ length: AT_ONCE }, () => fresh.next())))
      const kinds = key.includes('operation') ? fresh.tools.length : 1
      expect(mostAtOnce(requests) <= concurrency * kinds, `${mostAtOnce(requests)} were under way at once`)
    })
  }

  const told = 'the ERP refuses calls above its rate, and that is told as such'
  if (unlimited === null) bench.skip('limits', told, tools, place.unlimitedWhy)
  else if (rule === undefined) bench.skip('limits', told, tools, none)
  else await bench.test('limits', told, unlimited.tools, () => reaches(rule, unlimited))

  await bench.test('limits', 'an answer that asks to wait is told with the time, and heeded', tools, async () => {
    if (line === null) throw new NotTried('nothing stands between the server and the ERP')
    await heeds(errors, place, line)
  })
}

async function keeps({ max = 1, perMs = 1 }: LimitRule, fresh: Fresh, line: Line): Promise<void> {
  const { came, requests } = await during(line, () => Promise.all(Array.from({ length: max + 6 }, () => fresh.next())))
  const refused = came.flatMap(({ came: one }) => (one.kind === 'refused' ? [one.code] : []))
  expect(refused.length === 0, `${refused.length} were refused: \`${refused[0] ?? ''}\``)
  const starts = requests.map(({ from }) => from).sort((a, b) => a - b)
  const tooSoon = starts.some(
    (from, index) => (starts[index + max] ?? Number.POSITIVE_INFINITY) - from < perMs - perMs / 10 - SLACK_MS,
  )
  expect(!tooSoon, `more than ${max} calls in ${perMs} ms were sent`)
}

function mostAtOnce(requests: readonly Seen[]): number {
  return Math.max(
    0,
    ...requests.map((one) => requests.filter(({ from, until }) => from <= one.from && one.from < until).length),
  )
}

/** A read that was refused is tried once more, so twice as many as fit are refused before one is told of it. */
async function reaches({ max = 1 }: LimitRule, unlimited: Fresh): Promise<void> {
  const most = max <= MOST_CALLS ? max * 3 + MOST_CALLS : max + AT_ONCE * 2
  const together = max <= MOST_CALLS ? most : AT_ONCE
  for (let asked = 0; asked < most; asked += together) {
    const came = await Promise.all(Array.from({ length: together }, () => unlimited.next()))
    const refused = came.flatMap(({ came: one }) => (one.kind === 'refused' ? [one] : []))
    const other = refused.find(({ code }) => !LIMITED.has(code))
    expect(other === undefined, `it was told as \`${other?.code}\`: ${other?.message}`)
    if (refused.length > 0) return
  }
  expect(false, `${most} calls were all answered, and erp.yaml allows ${max}`)
}

/** The time that is said, in seconds. */
const WAIT_S = 1

async function heeds(errors: readonly ErrorRule[], { fresh, calls }: LimitsPlace, line: Line): Promise<void> {
  const asking = errors.filter(
    ({ kind, status, pointer }) => LIMITED.has(`erp_${kind}`) && status !== undefined && pointer === undefined,
  )
  const rule = asking.find(({ retryAfter }) => retryAfter !== undefined && 'header' in retryAfter) ?? asking[0]
  if (rule?.status === undefined) throw new NotTried('erp.yaml knows no status that asks to wait')
  const wait = rule.retryAfter !== undefined && 'header' in rule.retryAfter ? rule.retryAfter.header : null
  const headers = wait === null ? {} : { headers: { [wait.toLowerCase()]: String(WAIT_S) } }
  const fault = { status: rule.status[0] ?? 429, ...headers }
  const { came: first, requests } = await spoilt(line, fault, () => fresh.next())
  const { tool, args, came } = first
  expect(came.kind === 'refused', 'it was answered as if it were well')
  expect(LIMITED.has(came.code), `it was told as \`${came.code}\``)
  expect(wait === null || came.retryAfterS === WAIT_S, `${came.retryAfterS ?? 'no'} seconds were told, not ${WAIT_S}`)
  // Where no time can be told, none is waited for.
  if (wait === null) return
  const [once, again] = requests
  const early = once !== undefined && again !== undefined && again.from - once.until < WAIT_S * 1_000 - SLACK_MS
  expect(!early, 'it was tried again before that time')
  const asked = performance.now()
  const more = await during(line, () => calls.call(tool, args))
  expect(
    more.requests.every(({ from }) => from - asked > (WAIT_S * 1_000) / 2),
    'the same call was sent again at once',
  )
}
