import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { needs } from '../../helpers/needs.ts'

const CLI = fileURLToPath(new URL('../../../engine/alcada.mjs', import.meta.url))
const AURORA = '12345678000195'
const BRISA = '12ABC34501DE35'
const VALUES = 'app_key=1560731700000\napp_secret=c4n4ry=secret \n'

let project: TestProject
beforeEach(() => {
  project = copyProject('omie')
})
afterEach(() => project.remove())

interface Ended {
  code: number | null
  out: string
  err: string
}

function alcada(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ended> {
  return run(process.execPath, [CLI, '--root', project.root, 'credentials', ...args], input, env)
}

function run(file: string, args: readonly string[], input: string, env: Record<string, string>): Promise<Ended> {
  const child = spawn(file, [...args], { env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env } })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  child.stdin.end(input)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}

describe('values come in through a pipe', () => {
  test('a line each, and every character of a value counts', async () => {
    expect(await alcada(['set', 'omie', '--company', AURORA], VALUES)).toMatchObject({ code: 0, err: '' })
    const { out } = await alcada(['list', 'omie', '--format', 'json'])
    expect(JSON.parse(out)).toMatchObject({
      erp: 'omie',
      key: expect.stringMatching(/^[0-9a-f]{16}$/),
      companies: [{ company: AURORA, names: ['app_key', 'app_secret'] }],
    })
    expect(out).not.toContain('c4n4ry')
  })

  test('as one JSON object, and one value alone is put over what is there', async () => {
    await alcada(['set', 'omie', '--company', BRISA], '{"app_key":"1","app_secret":"c4n4ry"}')
    expect(await alcada(['set', 'omie', '--company', BRISA], '{"app_secret":"c4n4ry-2"}')).toMatchObject({ code: 0 })
    expect((await alcada(['list', 'omie'])).out).toContain(`${BRISA}  app_key, app_secret`)
  })

  test('secrets that the policy speaks of come beside them, and stay until they are replaced', async () => {
    await alcada(['set', 'omie', '--company', AURORA], `${VALUES}SLACK_WEBHOOK=https://c4n4ry.example/hook\n`)
    expect(await alcada(['set', 'omie', '--company', AURORA], 'app_secret=c4n4ry-2')).toMatchObject({ code: 0 })
    expect(
      await alcada(['rotate', 'omie', '--company', AURORA], 'SLACK_WEBHOOK=https://c4n4ry.example/2'),
    ).toMatchObject({ code: 0 })
    expect((await alcada(['list', 'omie'])).out).toContain(`${AURORA}  SLACK_WEBHOOK, app_key, app_secret`)
  })

  test.each([
    ['half of them', '{"app_key":"c4n4ry"}', '`app_secret` as well'],
    ['a name that erp.yaml does not have', `${VALUES}api_token=c4n4ry`, 'got another name'],
    ['an empty value', 'app_key=c4n4ry\napp_secret=', 'characters as `app_secret`'],
    ['a name twice', `${VALUES}app_key=c4n4ry`, 'again in line 3'],
    ['a name twice in JSON', '{"app_key":"c4n4ry","app_key":"c4n4ry"}', 'at byte'],
    ['a number', '{"app_key":1560731700000,"app_secret":"c4n4ry"}', 'a text as each value'],
    ['a value without a name', 'c4n4ry-secret', 'in line 1'],
    ['nothing', '', 'got nothing'],
  ])('%s is refused, nothing of it is repeated, and no store is made', async (_, input, words) => {
    const { code, out, err } = await alcada(['set', 'omie', '--company', AURORA], input)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(words)
    expect(err).not.toContain('c4n4ry')
    expect(existsSync(join(project.root, '.alcada', 'credentials', 'omie', 'store.jwe'))).toBe(false)
  })
})

test('a value as an argument is wrong usage, and is not repeated', async () => {
  for (const argument of ['app_secret=c4n4ry', '--app-secret=c4n4ry']) {
    const { code, out, err } = await alcada(['set', 'omie', '--company', AURORA, argument], VALUES)
    expect(code).toBe(2)
    expect(`${out}${err}`).not.toContain('c4n4ry')
  }
})

test('a CNPJ with wrong check digits is refused', async () => {
  const { code, err } = await alcada(['set', 'omie', '--company', '12345678000190'], VALUES)
  expect(code).toBe(1)
  expect(err).toContain('check digits')
})

test('two that set at once lose nothing', async () => {
  const both = [AURORA, BRISA].map((company) => alcada(['set', 'omie', '--company', company], VALUES))
  expect((await Promise.all(both)).map(({ code, err }) => [code, err])).toEqual([
    [0, ''],
    [0, ''],
  ])
  const { companies }: { companies: { company: string }[] } = JSON.parse(
    (await alcada(['list', 'omie', '--format', 'json'])).out,
  )
  expect(companies.map(({ company }) => company)).toEqual([AURORA, BRISA])
})

test('the key is rotated, and the old one dropped once it is asked for', async () => {
  await alcada(['set', 'omie', '--company', AURORA], VALUES)
  const file = join(project.root, '.alcada', 'credential-keys', 'omie.key')
  const lines = (): number => readFileSync(file, 'utf8').trim().split('\n').length
  expect((await alcada(['rotate', 'omie'])).out).toContain('--drop-old')
  expect(lines()).toBe(2)
  expect(await alcada(['rotate', 'omie', '--drop-old'])).toMatchObject({ code: 0 })
  expect(lines()).toBe(1)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await alcada(['list', 'omie'])).out).toContain(AURORA)
})

test('new values of a company have to be new, and of a company that is there', async () => {
  await alcada(['set', 'omie', '--company', AURORA], VALUES)
  expect((await alcada(['rotate', 'omie', '--company', AURORA], VALUES)).err).toContain('got the old ones')
  expect((await alcada(['rotate', 'omie', '--company', BRISA], VALUES)).err).toContain('holds nothing for company')
  expect(await alcada(['rotate', 'omie', '--company', AURORA], 'app_secret=c4n4ry-new')).toMatchObject({ code: 0 })
})

test('store and key are where the settings say, and two keys are one too many', async () => {
  const env = {
    ALCADA_CREDENTIALS_STORE: join(project.root, 'elsewhere', 'omie.jwe'),
    ALCADA_CREDENTIALS_KEY_COMMAND: 'openssl-is-not-asked here',
  }
  expect((await alcada(['set', 'omie', '--company', AURORA], VALUES, env)).err).toContain('to print a key, got ENOENT')
  const two = await alcada(['list', 'omie'], '', { ...env, ALCADA_CREDENTIALS_KEY: 'c4n4ry' })
  expect(two.err).toContain('expected one of')
  expect(two.err).not.toContain('c4n4ry')
})

test('a company is removed once', async () => {
  await alcada(['set', 'omie', '--company', AURORA], VALUES)
  expect(await alcada(['remove', 'omie', '--company', AURORA])).toMatchObject({ code: 0 })
  expect(await alcada(['remove', 'omie', '--company', AURORA])).toMatchObject({ code: 1 })
})

describe.skipIf(needs('script').missing !== null)('on a terminal', () => {
  /** What a terminal shows to somebody who answers each question once it is asked. */
  const typed = (answers: Record<string, string>): Promise<Ended> => {
    const command = `'${process.execPath}' '${CLI}' --root '${project.root}' credentials set omie --company ${AURORA}`
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const left = Object.entries(answers)
    let out = ''
    child.stdout.on('data', (chunk) => {
      out += String(chunk)
      if (left[0] !== undefined && out.endsWith(`${left[0][0]}: `)) child.stdin.write(left.shift()?.[1] ?? '')
    })
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err: '' })))
  }

  test('each value is asked for, and what is typed is not shown', async () => {
    const { code, out } = await typed({
      app_key: 'c4n4ry-key\r',
      app_secret: 'c4n4ry-secretX\x7f\r',
      SLACK_WEBHOOK: 'https://c4n4ry.example/hook\r',
    })
    expect(code).toBe(0)
    expect(out).toContain('app_key: ')
    expect(out).toContain('app_secret: ')
    expect(out).not.toContain('c4n4ry')
    expect((await alcada(['list', 'omie'])).out).toContain(`${AURORA}  SLACK_WEBHOOK, app_key, app_secret`)
  })

  test('a secret that only the policy speaks of may be left out', async () => {
    expect((await typed({ app_key: 'c4n4ry-key\r', app_secret: 'c4n4ry\r', SLACK_WEBHOOK: '\r' })).code).toBe(0)
    expect((await alcada(['list', 'omie'])).out).toContain(`${AURORA}  app_key, app_secret`)
  })

  test('who gives up changes nothing', async () => {
    const { code, out } = await typed({ app_key: 'c4n4ry-key\r', app_secret: 'c4n4ry\x03' })
    expect(code).toBe(1)
    expect(out).toContain('given up: nothing was changed')
    expect(out).not.toContain('c4n4ry')
    expect(existsSync(join(project.root, '.alcada', 'credentials', 'omie', 'store.jwe'))).toBe(false)
  })
})
