import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { shownPath } from '../../../servers/wiring/access-log.ts'
import { createLog } from '../../../servers/wiring/log.ts'

const folder = mkdtempSync(join(tmpdir(), 'alcada-log-personal-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('whatever is logged, personal values in it are hidden, and what an operator goes by stays', () => {
  const log = createLog({ erp: 'omie', level: 'info', redact: (text) => text, folder, maxBytes: 1_000_000 })
  log.info('call', {
    ...{ caller: '52998224725', person: 'ana@exemplo.com.br', tool: 'get_12ABC34501DE35', took_ms: 52998224725 },
    ...{ request: '6f1f6ad4-1c9e-4c0b-a4b2-2f6d0a4e8b11', entry: 'omie-000000001', source: '177.136.100.45' },
  })
  log.error('server.crashed', { message: 'no vendor (11) 98765-4321', stack: 'Error\n at 529.982.247-25' })
  const [call] = readFileSync(join(folder, 'omie', 'access.log'), 'utf8').split('\n')
  expect(JSON.parse(call ?? '')).toMatchObject({
    ...{
      caller: '***.982.247-**',
      person: 'a***@exemplo.com.br',
      tool: 'get_**.ABC.345/****-**',
      took_ms: 52998224725,
    },
    ...{ request: '6f1f6ad4-1c9e-4c0b-a4b2-2f6d0a4e8b11', entry: 'omie-000000001', source: '177.136.100.45' },
  })
  const app = readFileSync(join(folder, 'omie', 'app.log'), 'utf8')
  expect(JSON.parse(app)).toMatchObject({ message: 'no vendor ***4321', stack: 'Error\n at ***.982.247-**' })
})

test.each([
  ['/mcp', '/mcp'],
  ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource/mcp'],
  ['/mpc', '/mpc'],
  ['/vendors/52998224725', '/vendors/*'],
  ['/vendors/%35%32%39', '/vendors/*'],
  ['/NTI5OTgyMjQ3MjU', '/*'],
  ['/ana@exemplo.com.br/x', '/*/x'],
  ['/a/b/c/d/e/f/g/h/i', '/a/b/c/d/e/f/g/*'],
])('the path %s is logged as %s', (path, shown) => {
  expect(shownPath(path)).toBe(shown)
})
