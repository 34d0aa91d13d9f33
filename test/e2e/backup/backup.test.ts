import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Manifest, type Signer, sumsOf } from '../../../engine/operate/backup/manifest.ts'
import { checkpointSigner, readSigner } from '../../../servers/state/checkpoint-key.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { takenBack, writtenAgain } from './planted.ts'

const SMALL = { payable_id: '2701001', account_id: '2243121', amount: 89.9, date: '2026-11-25', reference: 'PG-1' }
const place = mkdtempSync(join(tmpdir(), 'alcada-backup-'))
const store = join(place, 'store.jwe')
let line: Line
let folder: string
let approval: string
let env: Record<string, string>

const alcada = (...args: string[]): Promise<Ran> => runAlcada(['--root', line.alcada.project.root, ...args], env)
const state = (): string => line.alcada.env['ALCADA_STATE_DIR'] ?? ''
const again = (
  copy: string,
  changes: Partial<Manifest> = {},
  signer: Signer = readSigner(state(), null),
): Promise<void> => writtenAgain(copy, changes, signer)
const code = async (tool: string, args: object, sub = 'agent-1'): Promise<string> => {
  const {
    result,
    refusal,
    code: protocol,
  } = await line.call('operator', tool, args, {
    sub,
    // Of the second of the restore none is taken.
    now: () => Date.now() + 1_000,
  })
  return result !== null ? 'done' : (refusal?.error.code ?? String(protocol))
}

beforeAll(async () => {
  line = await openLine({ erp: 'omie', guarded: true })
  writeFileSync(store, 'sealed')
  env = { ALCADA_STATE_DIR: state(), ALCADA_CREDENTIALS_STORE: store }
  expect(await code('create_payment', SMALL)).toBe('done')
  const { refusal } = await line.call('operator', 'create_payment', {
    ...{ ...SMALL, payable_id: '2701019', amount: 4_875.6, reference: 'PG-BIG' },
  })
  approval = refusal?.alcada.approval?.id ?? JSON.stringify(refusal)
  // Of years ago: the line of the crontab removes it.
  mkdirSync(join(place, 'backups', 'omie', 'omie_20200101_021500'), { recursive: true })
  const made = await alcada('backup', 'omie', '--to', join(place, 'backups'), '--prune', '--format', 'json')
  expect(made).toMatchObject({ code: 0, err: '' })
  folder = JSON.parse(made.out).folder
  expect(JSON.parse(made.out).removed).toEqual(['omie_20200101_021500'])
  expect(readdirSync(join(place, 'backups', 'omie'))).toEqual([basename(folder)])
})
afterAll(async () => {
  await line.stop()
  rmSync(place, { recursive: true })
})

test('a backup of a running server holds state, sealed credentials, policy and logs, each with its checksum', async () => {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const paths = manifest.files.map(({ path }) => path)
  expect(folder).toMatch(/\/backups\/omie\/omie_\d{8}_\d{6}$/)
  expect(paths).toEqual(
    expect.arrayContaining([
      'credentials/store.jwe',
      'erps/omie/tools.yaml',
      'policies/omie/rbac.yaml',
      'state/checkpoint-keys-before.json',
      'state/ledger.sqlite',
      'state/mask.key',
    ]),
  )
  expect(paths.some((path) => path.endsWith('-wal'))).toBe(false)
  // Who reads it can sign nothing in the server's name.
  expect(paths).not.toContain('state/checkpoint-key.json')
  expect(manifest.chains).toMatchObject([{ replica: '' }])
  expect(approval).toMatch(/^[\w-]{8,}$/)
})

describe('a backup that is not what was written is refused, and the state stays as it is', () => {
  const faults: Record<string, [(copy: string) => unknown, RegExp]> = {
    'a byte more': [
      (copy) => appendFileSync(join(copy, 'state/ledger.sqlite'), 'x'),
      /BACKUP_DAMAGED: expected \d+ bytes/,
    ],
    'another byte': [
      (copy) => writeFileSync(join(copy, 'credentials/store.jwe'), 'SEALED'),
      /BACKUP_DAMAGED.*is not what was/,
    ],
    'a file less': [(copy) => rmSync(join(copy, 'state/mask.key')), /BACKUP_DAMAGED: `state\/mask.key` is missing/],
    'a file more': [(copy) => writeFileSync(join(copy, 'state/new'), ''), /`state\/new` is not of this backup/],
    'a link': [(copy) => symlinkSync('/etc/passwd', join(copy, 'state/link')), /neither a file nor a folder/],
    'no manifest': [(copy) => rmSync(join(copy, 'manifest.json')), /expected `manifest.json`/],
    'a manifest of another': [
      (copy) => {
        const file = join(copy, 'manifest.json')
        writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 2', '"format": 2 '))
        writeFileSync(file, readFileSync(file, 'utf8').replace(/"made_at": "2/, '"made_at": "3'))
      },
      /`manifest.json` is not what was written/,
    ],
    'a manifest that somebody else signed': [
      (copy) => again(copy, {}, checkpointSigner(join(place, 'theirs'), null)),
      /BACKUP_FOREIGN: it is signed by the key `server-[0-9a-f]{16}`, which neither trust.json.*give what it says with --signed-by/,
    ],
    'a signature of somebody else under the name of ours': [
      (copy) => {
        const { key } = readSigner(state(), null)
        return again(copy, {}, { ...checkpointSigner(join(place, 'theirs'), null), key })
      },
      /BACKUP_FOREIGN: its signature is not that of the key/,
    ],
    'another ERP': [
      (copy) => again(copy, { erp: 'nibo' }),
      /BACKUP_FOREIGN: expected a backup of `omie`, got one of `nibo`/,
    ],
    'another server': [
      async (copy) => {
        writeFileSync(join(copy, 'state/mask.key'), Buffer.alloc(32, 7))
        await again(copy)
      },
      /BACKUP_FOREIGN.*another server/,
    ],
    'a ledger written anew': [
      async (copy) => {
        const database = new DatabaseSync(join(copy, 'state/ledger.sqlite'))
        database.exec('DROP TRIGGER ledger_no_update')
        database.exec("UPDATE ledger SET event = replace(event, 'PG-1', 'PG-9'), at_ms = at_ms + 1 WHERE seq = 2")
        database.close()
        await again(copy)
      },
      /BACKUP_LEDGER_BROKEN: row 2/,
    ],
  }

  test.each(Object.keys(faults))('%s', async (name) => {
    const [plant, message] = faults[name] ?? []
    const copy = join(place, name.replaceAll(' ', '-'))
    cpSync(folder, copy, { recursive: true })
    await plant?.(copy)
    const empty = join(place, `state-of-${name.replaceAll(' ', '-')}`)
    mkdirSync(empty)
    cpSync(join(folder, 'state'), empty, { recursive: true })
    const database = new DatabaseSync(join(empty, 'ledger.sqlite'))
    database.exec('DELETE FROM instances')
    database.close()
    const before = await sumsOf(empty)
    const { code, err, out } = await runAlcada(['--root', line.alcada.project.root, 'restore', 'omie', copy], {
      ALCADA_STATE_DIR: empty,
      ALCADA_CREDENTIALS_STORE: store,
    })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(message ?? /^$/)
    expect(await sumsOf(empty)).toEqual(before)
  })
})

test('a service that was stopped for a restore is started again, whatever came of it', async () => {
  const [copy, stopped, started] = ['fails', 'stopped', 'started'].map((name) => join(place, name))
  cpSync(folder, copy ?? '', { recursive: true })
  const database = new DatabaseSync(join(copy ?? '', 'state/ledger.sqlite'))
  database.exec('DROP TRIGGER ledger_no_update; UPDATE ledger SET at_ms = at_ms + 1 WHERE seq = 2')
  database.close()
  await again(copy ?? '')
  const hooks = ['--stop', `touch ${stopped}`, '--start', `touch ${started}`]
  const empty = { ALCADA_STATE_DIR: join(place, 'nothing'), ALCADA_CREDENTIALS_STORE: store }
  const key = join(place, 'own.json')
  writeFileSync(key, (await alcada('audit', 'key', 'omie', '--format', 'json')).out)
  const words = ['--root', line.alcada.project.root, 'restore', 'omie', copy ?? '', '--signed-by', key, ...hooks]
  expect((await runAlcada(words, empty)).err).toMatch(/BACKUP_LEDGER_BROKEN/)
  expect(readdirSync(place)).toEqual(expect.arrayContaining(['started', 'stopped']))
})

test('a backup is restored on a machine that has nothing', async () => {
  const root = join(place, 'other')
  mkdirSync(join(root, 'erps'), { recursive: true })
  mkdirSync(join(root, 'policies'))
  const unknown = await runAlcada(['--root', root, 'restore', 'omie', folder])
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('BACKUP_FOREIGN') })
  const key = join(place, 'key.json')
  writeFileSync(key, (await alcada('audit', 'key', 'omie', '--format', 'json')).out)
  const { code, err, out } = await runAlcada(['--root', root, 'restore', 'omie', folder, '--signed-by', key])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain(`put where nothing was: ${join(root, '.alcada', 'credentials', 'omie', 'store.jwe')}`)
  expect(readFileSync(join(root, 'policies', 'omie', 'rbac.yaml'), 'utf8')).toContain('roles:')
  const verified = await runAlcada(['--root', root, 'audit', 'verify', 'omie'])
  expect(verified).toMatchObject({ code: 0, err: '' })
})

test('restoring takes no server away that runs, and what it brings back gives nothing back', async () => {
  const old = line.alcada.token('operator')
  expect(await line.alcada.publish()).toBe(2)
  const refused = await alcada('restore', 'omie', folder)
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('stop it, or give --stop and --start')
  expect(await code('create_payment', { ...SMALL, payable_id: '2701002', amount: 10, reference: 'PG-2' })).toBe('done')
  // The ERP, too, takes back what only the lost part of the ledger knows.
  await takenBack(line, SMALL.payable_id)

  const {
    code: ended,
    err,
    out,
  } = await alcada(...['restore', 'omie', folder, '--stop', `kill ${line.alcada.pid}`, '--format', 'json'])
  expect({ ended, err }).toEqual({ ended: 0, err: '' })
  const told = JSON.parse(out)
  expect(told).toMatchObject({
    erp: 'omie',
    approvals: 1,
    unknown: 0,
    unread: null,
    kept: expect.arrayContaining([store]),
  })
  expect(readFileSync(join(told.safety, 'mask.key'))).toEqual(readFileSync(join(state(), 'mask.key')))
  // The bundle that the backup remembers is the first; a server takes none below the second any more.
  const revision = (at: string): number =>
    Number(
      JSON.parse(readFileSync(join(at, readdirSync(at).find((name) => name.endsWith('.json')) ?? ''), 'utf8')).revision,
    )
  expect([revision(join(folder, 'state', 'policy')), revision(join(state(), 'policy'))]).toEqual([1, 2])
  await line.alcada.restart()

  const answer = await fetch(line.alcada.mcp, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${old}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  })
  expect(answer.status).toBe(401)
  const payments = line.received('LancarPagamento')
  const due = { ...SMALL, payable_id: '2701003', amount: 10, reference: 'PG-3' }
  expect(await code('get_vendors_list', {}, 'agent-2')).toBe('done')
  expect(await code('create_payment', due, 'agent-2')).toBe('unreconciled')
  expect(line.received('LancarPagamento')).toBe(payments)

  const found = await alcada('audit', 'search', 'omie', '--what', 'approval_void', '--format', 'json')
  expect(JSON.parse(found.out).entries).toHaveLength(1)
  expect(await alcada('audit', 'verify', 'omie')).toMatchObject({ code: 0, err: '' })
  // Nothing moves before ledger and ERP tell the same of every day since the backup.
  const token = join(place, 'token')
  writeFileSync(token, line.alcada.token('viewer', { sub: 'auditor', now: () => Date.now() + 1_000 }), { mode: 0o600 })
  const compare = (...more: string[]): Promise<Ran> =>
    alcada(
      'reconcile',
      'omie',
      '--server',
      line.alcada.mcp.href,
      '--token-file',
      token,
      '--clear',
      '--by',
      'u70',
      ...more,
    )
  const part = await compare('--to', '2099-12-31')
  expect(part).toMatchObject({ code: 3, err: '' })
  expect(part.out).toMatch(
    /money stays where it is: the backup was made on \S+: compare `--from \S+`, without `--to`\n$/,
  )
  const word = await compare()
  expect(word).toMatchObject({ code: 0, err: '' })
  expect(word.out).toMatch(
    /\nomie: ledger and ERP tell the same\nomie is reconciled by u70, money moves again: entry omie-\d{9}\n$/,
  )
  expect(await code('create_payment', due, 'agent-2')).toBe('done')
})

test('a ledger that is damaged is what a backup is for', async () => {
  const damaged = join(place, 'damaged')
  cpSync(join(folder, 'state'), damaged, { recursive: true })
  writeFileSync(join(damaged, 'ledger.sqlite'), 'no database at all, but long enough to look like one '.repeat(100))
  const own = { ALCADA_STATE_DIR: damaged, ALCADA_CREDENTIALS_STORE: store }
  const ran = await runAlcada(['--root', line.alcada.project.root, 'restore', 'omie', folder], own)
  expect(ran).toMatchObject({ code: 0, err: '' })
  expect(ran.out).toContain('the ledger that was there cannot be read (file is not a database)')
  const reconciled = ['audit', 'reconciled', 'omie', '--reason', 'statement compared', '--by', 'u70']
  const word = await runAlcada(['--root', line.alcada.project.root, ...reconciled], own)
  expect(word.out).toMatch(/^omie is reconciled by u70, money moves again: entry omie-\d{9}\n$/)
  const verified = await runAlcada(['--root', line.alcada.project.root, 'audit', 'verify', 'omie'], own)
  expect(verified).toMatchObject({ code: 0, err: '' })
})
