// That `alcada init` makes a checkout a company's: people, CODEOWNERS and a release key whose trust.json holds no key of `up`.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { developmentKeys } from '../../../engine/access/development-keys.ts'
import { newKey } from '../../../engine/access/keys.ts'
import { init } from '../../../engine/commands/init.ts'
import { parseTrust } from '../../../engine/contract/trust.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { needs } from '../../helpers/needs.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const PEOPLE = [
  '.github/approvers.yaml',
  '.github/CODEOWNERS',
  'policies/omie/owners.yaml',
  'policies/nibo/owners.yaml',
]

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'alcada-init-'))
  mkdirSync(join(root, 'erps'))
  for (const file of PEOPLE) cpSync(join(repository, file), join(root, file))
})
afterEach(() => rmSync(root, { recursive: true }))

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const alcada = (...args: string[]): Promise<Ran> => runAlcada(['--root', root, 'init', ...args])
const trusted = (): string[] => parseTrust(read('trust.json')).keys.map(({ id }) => id)

test('writes who approves and who answers, keeps comments, and makes a release key beside those of `up`', async () => {
  await developmentKeys(join(root, '.alcada'))
  const { code, out } = await alcada(
    '--second',
    'Maria,jose',
    '--first',
    'ana',
    '--owner',
    'omie=caixa@padaria.example:maria',
  )
  expect(code).toBe(0)
  expect(read('.github/approvers.yaml')).toContain('approvers:\n  first: [ana]\n  second: [Maria, jose]\n')
  expect(read('.github/approvers.yaml')).toContain('nobody names those who')
  expect(read('policies/omie/owners.yaml')).toContain('- { email: caixa@padaria.example, github: maria } #')
  expect(read('policies/nibo/owners.yaml')).toBe(readFileSync(join(repository, 'policies/nibo/owners.yaml'), 'utf8'))
  expect(read('.github/CODEOWNERS')).toContain('\n* @maria @jose\n/policies/ @ana @jose @maria\n')
  const [id, ...others] = trusted()
  expect(others).toEqual([])
  expect(id).toMatch(/^bundle-/)
  expect(out).toContain(`made the release key ${id}`)
  expect(out).toContain(`.alcada/keys/${id}.json`)
  expect(JSON.parse(read(`.alcada/keys/${id}.json`))).toMatchObject({ id, development: false, use: 'bundle' })
})

test('run again it keeps the key and changes who is named', async () => {
  await alcada('--second', 'maria,jose')
  const keys = trusted()
  const { code, out } = await alcada('--second', 'maria,rita', '--format', 'json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ made: false, key: { id: keys[0], use: 'bundle', development: false } })
  expect(trusted()).toEqual(keys)
  expect(read('.github/approvers.yaml')).toContain('second: [maria, rita]')
})

test('run again with nobody named it keeps who is listed, and trusts what keys came since', async () => {
  await alcada('--second', 'maria,jose', '--first', 'ana')
  const [release] = trusted()
  const revocation = await newKey({ folder: join(root, '.alcada'), use: 'revocation' })
  await init({ root, first: undefined, second: undefined, owners: [], days: undefined, format: 'json' })
  expect(trusted().sort()).toEqual([release, revocation.id].sort())
  expect(read('.github/approvers.yaml')).toContain('first: [ana]\n  second: [maria, jose]\n')
})

const unchanged = (): void => {
  for (const file of PEOPLE) expect(read(file)).toBe(readFileSync(join(repository, file), 'utf8'))
  expect([existsSync(join(root, 'trust.json')), existsSync(join(root, '.alcada'))]).toEqual([false, false])
}

test.each([
  [['maria'], [], 'expected at least two people'],
  [['maria', 'Maria'], [], 'expected at least two people'],
  [undefined, [], 'expected --second LOGIN,LOGIN'],
  [['maria', 'jose'], ['sap=a@b.example'], '`policies/sap/owners.yaml` is not there'],
  [['maria', 'jose'], ['omie'], 'expected --owner as `omie=finance@company.example:login`'],
  [['maria', 'jose'], ['omie=a@b.example:rita'], '`rita` is to review `omie` and approves nothing'],
])('%j with %j is refused with nothing written', async (second, owners, words) => {
  const asked = init({ root, first: undefined, second, owners, days: undefined, format: 'text' })
  await expect(asked).rejects.toThrow(words)
  unchanged()
})

test('what is no login is a finding with its place, and nothing is written', async () => {
  const { code, out } = await alcada('--second', 'maria,app/renovate')
  expect([code, out]).toEqual([3, expect.stringContaining('.github/approvers.yaml:7:')])
  unchanged()
})

describe.skipIf(needs('script').missing !== null)('on a terminal', () => {
  test('asks for those who were not named', async () => {
    const command = `"${process.execPath}" "${join(repository, 'engine/cli.ts')}" --root "${root}" init`
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const answers = [
      ['approve everything', 'maria,jose\r'],
      ['widens nothing', '\r'],
    ]
    child.stdout.on('data', (chunk: Buffer) => {
      const next = answers[0]
      if (next?.[0] === undefined || !chunk.toString().includes(next[0])) return
      answers.shift()
      child.stdin.write(next[1])
    })
    const [out] = await Promise.all([text(child.stdout), new Promise((resolve) => child.once('close', resolve))])
    expect(out).toContain('wrote .github/approvers.yaml')
    expect(read('.github/approvers.yaml')).toContain('approvers:\n  first: []\n  second: [maria, jose]\n')
  })
})
