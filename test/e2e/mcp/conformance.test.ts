import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Alcada, AURORA, startAlcada } from '../../helpers/alcada/start.ts'
import { needs } from '../../helpers/needs.ts'
import { baseline, reasons, run, runSuite, type SuiteRun } from './suite.ts'
import { startTokenProxy } from './token-proxy.ts'
import { startUpstream, type Upstream } from './upstream.ts'

const opa = needs('opa')
const CLI = fileURLToPath(new URL('../../../engine/cli.ts', import.meta.url))
const FIXTURE = fileURLToPath(new URL('../../fixtures/conformance', import.meta.url))

/** Checks for whose answer the suite waits 500 to 1500 ms and no longer: on a busy machine they are asked again. */
const TIMED = [
  'http-server-no-independent-requests-on-stream',
  'server-no-log-without-loglevel',
  'server-sends-subscription-ack',
  'server-tags-subscription-id',
  'server-sends-tools-list-changed-on-subscription',
].map((check) => `server-stateless:sep-2575-${check}`)

/** Scenarios about the tools of a server that asks its client nothing and logs nothing to it. */
const ABOUT_TOOLS = [
  'tools-list',
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-mixed-content',
  'tools-call-error',
  'tools-call-with-progress',
  'json-schema-2020-12',
]

describe.skipIf(opa.missing !== null)(
  'the MCP conformance suite, through token, policy, ledger and an upstream',
  () => {
    let upstream: Upstream
    let alcada: Alcada
    const runs: SuiteRun[] = []

    beforeAll(async () => {
      upstream = await startUpstream('upstream-token')
      const credentials = { [AURORA]: { token: 'upstream-token' } }
      alcada = await startAlcada({ erp: 'conformance', from: FIXTURE, upstream: { url: upstream.url, credentials } })
      const publish = await alcada.prepare()
      // What the suite takes for a tool that changes the list: here the policy changes, and listeners must hear of it.
      upstream.onRun = async (tool) => {
        if (tool === 'test_trigger_tool_change') await publish()
      }
    })
    afterAll(async () => {
      await alcada.stop()
      await upstream.close()
    })

    async function judged(role: string, revision: '2025-11-25' | '2026-07-28'): Promise<SuiteRun> {
      const proxy = await startTokenProxy(alcada.mcp, alcada.token(role))
      try {
        for (let attempt = 1; ; attempt += 1) {
          const ran = await runSuite(proxy.url, revision)
          const late = ran.unexpected.length > 0 && ran.unexpected.every((entry) => TIMED.includes(entry))
          if (!late || attempt === 3) return ran
        }
      } finally {
        await proxy.close()
      }
    }

    /** Calls of the ledger, and entry → code of its end; once each has ended. */
    async function ended(): Promise<{ opened: Call[]; closed: Map<string, string | null> }> {
      for (;;) {
        const events = alcada.ledger().map(({ event }) => event)
        const opened = events.filter((event) => event.kind === 'opened')
        const ends = events.filter((event) => event.kind === 'closed')
        const closed = new Map(ends.map(({ entry, outcome }) => [entry, 'code' in outcome ? outcome.code : null]))
        if (opened.every(({ entry }) => closed.has(entry))) return { opened, closed }
        await setTimeout(50)
      }
    }

    test.each(['2026-07-28', '2025-11-25'] as const)(
      'finds in what %s requires only the failures that are listed with a reason',
      async (revision) => {
        const ran = await judged('viewer', revision)
        runs.push(ran)
        expect(ran.code, ran.report).toBe(0)
        for (const scenario of ABOUT_TOOLS) {
          const statuses = Object.values(ran.checks[scenario] ?? {})
          expect(statuses.length, scenario).toBeGreaterThan(0)
          expect(statuses, scenario).not.toContain('FAILURE')
          expect(statuses, scenario).not.toContain('WARNING')
        }
      },
    )

    test('is judged on policies that pass the whole gate themselves', async () => {
      const { code, text } = await run(process.execPath, [CLI, '--root', alcada.project.root, 'check', 'conformance'])
      expect(text).toMatch(/^conformance: \d+ answers of [^\n]+, all alike [^\n]+\nno findings\n$/)
      expect(code).toBe(0)
    })

    test('has every entry of the baseline to judge, each with its reason', () => {
      const scenarios = new Set(runs.flatMap(({ checks }) => Object.keys(checks)))
      expect(baseline().filter((entry) => !scenarios.has(entry.split(':')[0] ?? ''))).toEqual([])
      expect(reasons().map(({ entry }) => entry)).toEqual(baseline())
      expect(reasons().filter(({ reason }) => reason.length < 8)).toEqual([])
    })

    test('was judged on the whole way: the upstream ran what the ledger opened, and nothing else', async () => {
      const { opened, closed } = await ended()
      // Whom the suite keeps waiting on a busy machine it leaves: the entry of a read may stand then, and nobody be asked.
      const left = opened.filter(({ entry }) => closed.get(entry) === 'cancelled')
      expect(upstream.ran.length).toBeGreaterThan(10)
      expect(beyond(upstream.ran, tools(opened))).toEqual([])
      expect(beyond(tools(opened.filter((call) => !left.includes(call))), upstream.ran)).toEqual([])
    })

    test('the upstream got its own credential, and nothing of any caller’s token', () => {
      const headers = [...upstream.headers]
      expect(headers.filter((header) => header.startsWith('authorization:'))).toEqual([
        'authorization: Bearer upstream-token',
      ])
      // What every token of the embedded issuer begins with.
      const begins = alcada.token('viewer').slice(0, 20)
      expect(headers.filter((header) => header.includes(begins))).toEqual([])
    })

    test('a change of the policy reached the suite’s listener as a change of the tools', () => {
      expect(runs[0]?.checks['server-stateless']).toMatchObject({
        'sep-2575-server-sends-tools-list-changed-on-subscription': 'SUCCESS',
      })
    })

    test('fails where the server does: a caller whose role grants nothing gets no tool', async () => {
      const before = upstream.ran.length
      const ran = await judged('approver', '2026-07-28')
      expect(ran.code).toBe(1)
      expect(ran.unexpected).toContain('tools-call-simple-text')
      expect(ran.checks['tools-call-simple-text']).toMatchObject({ 'tools-call-simple-text': 'FAILURE' })
      expect(upstream.ran.length).toBe(before)
    })
  },
)

interface Call {
  entry: string
  tool: string
}

function tools(calls: readonly Call[]): string[] {
  return calls.map(({ tool }) => tool)
}

/** What stands in a list more often than in another. */
function beyond(list: readonly string[], other: readonly string[]): string[] {
  const rest = [...other]
  return list.filter((one) => {
    const at = rest.indexOf(one)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}
