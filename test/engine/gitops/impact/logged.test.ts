import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LogLine, logLines } from '../../../../engine/gitops/impact/log-lines.ts'
import { readLogged } from '../../../../engine/gitops/impact/logged.ts'
import { forgeInput } from '../../../helpers/forge/content.ts'
import { ALLOWED, event } from './log.ts'

let place: string
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'alcada-lines-'))
})
afterAll(() => rmSync(place, { recursive: true }))

async function linesOf(content: Uint8Array | string): Promise<LogLine[]> {
  const path = join(place, 'log')
  writeFileSync(path, content)
  const lines = await logLines(path)
  if (lines === null) throw new Error('expected a file')
  return Array.fromAsync(lines)
}

describe('the lines of a log', () => {
  test('are the same plain, gzipped and gzipped in pieces', async () => {
    const expected = [{ text: '{"a":1}' }, { text: '{"b":2}' }]
    expect(await linesOf('{"a":1}\n\r\n{"b":2}\n')).toEqual(expected)
    expect(await linesOf(gzipSync('{"a":1}\n{"b":2}'))).toEqual(expected)
    expect(await linesOf(Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"b":2}\n')]))).toEqual(expected)
  })

  test('end where a compressed file breaks off, and what stands before counts', async () => {
    const whole = gzipSync(Array.from({ length: 20_000 }, (_, n) => `{"line":${n * 7919}}`).join('\n'))
    const lines = await linesOf(whole.subarray(0, whole.length / 2))
    expect(lines[0]).toEqual({ text: '{"line":0}' })
    expect(lines).toContainEqual({ bad: 'file_broken' })
  })

  test('are refused where they are no text, and where one is longer than anybody reads', async () => {
    expect(await linesOf(Buffer.from([0xff, 0xfe, 10, 123, 125, 10]))).toEqual([{ bad: 'not_utf8' }, { text: '{}' }])
    expect(await linesOf(gzipSync(Buffer.concat([Buffer.alloc(17 * 1024 * 1024, 120), Buffer.from('\n{}')])))).toEqual([
      { bad: 'line_too_long' },
      { text: '{}' },
    ])
  })

  test('of a file that is not there are none', async () => {
    expect(await logLines(join(place, 'missing'))).toBeNull()
  })
})

describe('an address', () => {
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/gone') return response.writeHead(404).end()
      if (request.url === '/moved') return response.writeHead(302, { location: '/log' }).end()
      if (request.headers.authorization !== 'Bearer s3cret') return response.writeHead(401).end()
      return response.end(gzipSync('{"a":1}\n'))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  })
  afterAll(() => server.close())

  test('is read with its token, and where nothing stands there is no log yet', async () => {
    const lines = await logLines(`${url}/log`, { token: 's3cret' })
    expect(lines && (await Array.fromAsync(lines))).toEqual([{ text: '{"a":1}' }])
    expect(await logLines(`${url}/gone`)).toBeNull()
  })

  test.each([['/log'], ['/moved']])('that does not give it is an error, not an empty log: %s', async (path) => {
    await expect(logLines(`${url}${path}`)).rejects.toMatchObject({ code: 'LOG_UNREADABLE' })
  })

  test.each([['http://logs.example.com/log'], ['https://user:password@logs.example.com/log']])(
    'is refused before anything is sent: %s',
    async (address) => {
      await expect(logLines(address)).rejects.toThrow('expected an https address without a user and password in it')
    },
  )
})

describe('a line', () => {
  const one = event('omie-1', forgeInput(), ALLOWED)
  const reasons = (line: unknown): string[] =>
    readLogged(typeof line === 'string' ? line : JSON.stringify(line)).map((read) =>
      'bad' in read ? read.bad : read.logged.decision_id,
    )

  test('may be an event, a chunk of them, or what the console of OPA prints', () => {
    expect(reasons(one)).toEqual(['omie-1'])
    expect(reasons([one, { ...one, decision_id: 'omie-2' }])).toEqual(['omie-1', 'omie-2'])
    const console = {
      level: 'info',
      msg: 'Decision Log',
      type: 'openpolicyagent.org/decision_logs',
      time: one.timestamp,
    }
    expect(reasons({ ...console, ...one, path: '/omie/decision' })).toEqual(['omie-1'])
    expect(reasons({ level: 'info', msg: 'Server started.' })).toEqual([])
    expect(reasons({ ...one, path: 'omie/visible' })).toEqual([])
  })

  test.each([
    ['{"a":', 'not_json'],
    ['null', 'not_a_decision'],
    ['"omie/decision"', 'not_a_decision'],
    [{ ...one, path: '../../etc' }, 'not_a_decision'],
    [{ ...one, path: '__proto__/decision' }, 'not_a_decision'],
    [{ ...one, timestamp: 'yesterday' }, 'not_a_decision'],
    [{ ...one, decision_id: 7 }, 'not_a_decision'],
    [{ ...one, decision_id: 'x'.repeat(201) }, 'not_a_decision'],
    [{ ...one, input: null }, 'input_missing'],
    [{ ...one, input: { ...one.input, history: undefined } }, 'history_missing'],
    [{ ...one, input: { ...one.input, facts: { ...one.input.facts, amount: '1' } } }, 'input_of_another_schema'],
    [{ ...one, input: { ...one.input, args: [] } }, 'input_of_another_schema'],
    [{ ...one, result: undefined }, 'result_malformed'],
    [{ ...one, result: { effect: 'allow' } }, 'result_malformed'],
    [`[${'['.repeat(100_000)}`, 'not_json'],
  ])('that is hostile is a reason: %#', (line, reason) => {
    expect(reasons(line)).toEqual([reason])
  })
})
