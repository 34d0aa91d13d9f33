import { afterEach, describe, expect, test } from 'vitest'
import type { CatalogueTool } from '../../../engine/contract/catalogue.ts'
import type { UpstreamProcess } from '../../../engine/contract/erp.ts'
import type { ErpClient } from '../../../servers/erp/client.ts'
import { AURORA, BRISA, call, catalogue, client, closing, type ErpChange, erp, tool } from './erp-on-loopback.ts'
import { pinned, type UpstreamProgram, upstreamProgram } from './upstream-program.ts'

const open = closing()
afterEach(open.all)

function named(name: string, change: Partial<CatalogueTool> = {}): CatalogueTool {
  const { answer: _, ...rest } = tool({
    name,
    args: [],
    native: { path: '/', call: name },
    answerKind: 'raw',
    ...change,
  })
  return { pin: pinned(name), ...rest }
}

const writing = { effect: 'create', permission: 'write' } as const

interface Started {
  of: (name: string) => CatalogueTool
  client: ErpClient
  program: UpstreamProgram
}

function started(tools: CatalogueTool[], change: ErpChange & { path?: null } = {}, clock?: () => number): Started {
  const program = open.add(upstreamProgram(tools.map(({ name }) => name)))
  const { path = program.place.path, ...rest } = change
  const process: UpstreamProcess = { program: 'upstream', ...change.process }
  const { baseUrl: _, allowedHosts: __, ...connection } = erp('http://unused').connection
  const of = { ...erp('', { kind: 'mcp', ...rest, process }), connection: { ...connection, ...change.connection } }
  const upstream = { ...program.place, path }
  const options = clock === undefined ? { upstream } : { upstream, now: clock }
  const one = open.add(client(catalogue(of, ...tools), options))
  return { of: (name) => tools.find((each) => each.name === name) ?? named(name), client: one, program }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('an upstream that is a program', () => {
  test('gets what is declared and nothing else: environment, working folder, arguments', async () => {
    const { client, of, program } = started([named('surroundings')], {
      process: {
        program: 'upstream',
        args: ['--root', { folder: 'data' }],
        env: { MODE: 'ro', STORE: { folder: 'store.json' }, API_KEY: { credential: 'key' } },
      },
    })
    const outcome = await client.call(call(of('surroundings')))
    expect(outcome).toMatchObject({
      kind: 'done',
      data: {
        // The credential was there, and does not come back.
        env: { PATH: program.place.path, MODE: 'ro', STORE: `${program.own}/store.json`, API_KEY: expect.any(String) },
        cwd: program.own,
        argv: ['--root', `${program.own}/data`],
      },
    })
    const data = outcome.kind === 'done' ? outcome.data : null
    expect(Object.keys(Object(Object(data).env)).sort()).toEqual(['API_KEY', 'MODE', 'PATH', 'STORE'])
  })

  test('runs once for each company, in a folder of its own', async () => {
    const { client, of, program } = started([named('echo'), named('surroundings')])
    await client.call(call(of('echo'), { a: 1 }))
    await client.call(call(of('echo'), { a: 2 }))
    expect(program.starts()).toBe(1)
    const other = await client.call(call(of('surroundings'), {}, { company: BRISA }))
    expect(other).toMatchObject({ data: { cwd: program.own.replace(AURORA, BRISA) } })
  })

  test('is not run where the operator names no folder for it, and nowhere else is looked', async () => {
    const none = started([named('echo', writing)], { path: null })
    const refused = await none.client.call(call(none.of('echo')))
    expect(refused).toMatchObject({ kind: 'failed', error: { kind: 'connection' } })
    expect(JSON.stringify(refused)).toContain('ALCADA_UPSTREAM_PATH')
    const elsewhere = started([named('echo', writing)], { process: { program: 'sh' } })
    expect(await elsewhere.client.call(call(elsewhere.of('echo')))).toMatchObject({ kind: 'failed' })
  })

  test('is ended with all that it started', async () => {
    const { client, of } = started([named('offspring')])
    const outcome = await client.call(call(of('offspring')))
    const pid = Number(Object(outcome.kind === 'done' ? outcome.data : null).pid)
    expect(runs(pid)).toBe(true)
    await client.close()
    await until(() => !runs(pid))
  })

  test('says on stderr what our log gets without secrets, and its notifications reach nobody', async () => {
    const { client, of, program } = started([named('chatter')])
    expect(await client.call(call(of('chatter')))).toMatchObject({
      kind: 'done',
      content: [{ type: 'text', text: 'done' }],
    })
    await until(() => program.events.length > 0)
    expect(program.events).toEqual([{ type: 'said', company: AURORA, line: 'connected with [secret]' }])
  })

  test('may be so old that it ends at the first word it does not know: it is started again and spoken to as it expects', async () => {
    const { client, of, program } = started([named('old')])
    expect(await client.call(call(of('old')))).toMatchObject({ kind: 'done', data: { age: 'known' } })
    expect(program.starts()).toBe(2)
  })

  test('is told that sampling, elicitation and roots do not exist', async () => {
    const { client, of } = started([named('ask')])
    expect(await client.call(call(of('ask')))).toMatchObject({
      data: { sampling: { code: -32601 }, elicitation: { code: -32601 }, roots: { code: -32601 } },
    })
  })
})

describe('an upstream that misbehaves', () => {
  test.each([
    ['flood', 'response_too_large'],
    ['garbage', 'unreadable_answer'],
    ['die', 'connection'],
  ])('by `%s` leaves a write unknown and is not asked again; the next call starts it anew', async (name, kind) => {
    const { client, of, program } = started([named(name, writing), named('echo')])
    expect(await client.call(call(of(name)))).toMatchObject({ kind: 'unknown', error: { kind } })
    expect(program.starts()).toBe(1)
    expect(await client.call(call(of('echo'), { a: 1 }))).toMatchObject({ kind: 'done', data: { a: 1 } })
    expect(program.starts()).toBe(2)
  })

  test('by silence leaves a write unknown when the time is up', async () => {
    const { client, of } = started([named('slow', writing)], { connection: { timeoutMs: 1_000 } })
    expect(await client.call(call(of('slow')))).toMatchObject({ kind: 'unknown', error: { kind: 'timeout' } })
  })

  test('by ending again and again is started after longer and longer waits, and calls say when', async () => {
    let now = 1_000_000
    const { client, of, program } = started([named('die', writing)], {}, () => now)
    await client.call(call(of('die')))
    await client.call(call(of('die')))
    expect(program.starts()).toBe(2)
    const waits = await client.call(call(of('die')))
    expect(waits).toMatchObject({ kind: 'failed', error: { kind: 'connection', retryAfterS: 1 } })
    expect(client.openCircuits()).toEqual([{ company: AURORA, operation: '*', until: 1_000_500 }])
    expect(program.starts()).toBe(2)
    now += 1_000
    await client.call(call(of('die')))
    expect(program.starts()).toBe(3)
    expect(client.openCircuits()).toMatchObject([{ until: 1_002_000 }])
  })
})

describe('a tool of an upstream', () => {
  test('is refused once the upstream says something else of it, and again called when that is what it says', async () => {
    const { client, of, program } = started([named('change', writing), named('echo')])
    expect(await client.call(call(of('change')))).toMatchObject({ kind: 'done' })
    await until(() => program.events.length > 0)
    expect(program.events).toEqual([{ type: 'tool', company: AURORA, tool: 'change', fault: 'changed' }])
    expect(client.refusedTools()).toEqual(['change'])
    const refused = await client.call(call(of('change')))
    expect(refused).toMatchObject({ kind: 'failed', error: { kind: 'tool_changed' } })
    // The words an upstream now has for it reach nobody.
    expect(JSON.stringify(refused)).not.toContain('ignore')
    expect(await client.call(call(of('echo'), { a: 1 }))).toMatchObject({ kind: 'done' })
  })

  test('is refused once the upstream has it no more', async () => {
    const { client, of, program } = started([named('vanish', writing)])
    await client.call(call(of('vanish')))
    await until(() => program.events.length > 0)
    expect(await client.call(call(of('vanish')))).toMatchObject({ kind: 'failed', error: { kind: 'tool_vanished' } })
  })

  test('is refused from the start where its pin is another or there is none, without being called', async () => {
    const other = named('echo', { ...writing, pin: pinned('something else') })
    const { pin: _, ...unpinned } = named('die', writing)
    const { client, of } = started([other, unpinned])
    await client.begin([AURORA])
    expect(client.refusedTools()).toEqual(['die', 'echo'])
    expect(await client.call(call(of('echo')))).toMatchObject({ kind: 'failed', error: { kind: 'tool_changed' } })
  })
})
