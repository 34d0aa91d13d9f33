import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { accessSync, constants, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'

const run = promisify(execFile)

// Debian's scripts name their own interpreter; another python on PATH lacks the modules.
const server = '/usr/bin/trytond'
const admin = '/usr/bin/trytond-admin'
const modules = '/usr/lib/python3/dist-packages/trytond/modules'

/** The name of the database inside its folder. */
export const database = 'erp'

/** Why a real trytond cannot be started here; null when it can. */
export function trytonMissing(): string | null {
  const needed = [server, admin, join(modules, 'account_payment', 'tryton.cfg'), join(modules, 'party', 'tryton.cfg')]
  const missing = needed.filter((file) => !exists(file))
  if (missing.length === 0) return null
  return `no trytond here (${missing.join(', ')} not found); on Debian: apt-get install tryton-server tryton-modules-party tryton-modules-company tryton-modules-account tryton-modules-account-payment`
}

/** `6.0.29`. */
export async function trytonVersion(): Promise<string> {
  const { stdout } = await run(server, ['--version'])
  return stdout.trim()
}

/** Makes an empty database with the modules in `folder`; `password` becomes the one of `admin`. */
export async function createDatabase(folder: string, password: string): Promise<void> {
  const passwordFile = join(folder, 'admin-password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  // trytond refuses to make the file itself.
  writeFileSync(join(folder, `${database}.sqlite`), '')
  const wanted = ['ir', 'res', 'party', 'company', 'account', 'account_payment']
  const config = writeConfig(folder, 0, {})
  const arguments_ = ['-c', config, '-d', database, '--email', 'erp@example.test', '-u', ...wanted]
  await run(admin, [...arguments_, '--activate-dependencies'], {
    env: { TRYTONPASSFILE: passwordFile, LANG: 'C.UTF-8' },
  })
}

/** Sections and keys that go into `trytond.conf` beside the needed ones. */
export type TrytonSettings = Record<string, Record<string, string>>

export interface TrytonProcess {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  url: string
  stop(): Promise<void>
}

/** Serves the database in `folder` on a free port of loopback. @throws with trytond's own words when it ends early */
export async function serveDatabase(folder: string, settings: TrytonSettings): Promise<TrytonProcess> {
  const port = await freePort()
  const config = writeConfig(folder, port, settings)
  const child = spawn(server, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'], env: { LANG: 'C.UTF-8' } })
  // A test process that ends early must not leave the server behind.
  const orphaned = (): void => void child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('exit', () => process.off('exit', orphaned))
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-8000)
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`trytond ended with ${child.exitCode}: ${log}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return { url, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

function writeConfig(folder: string, port: number, settings: TrytonSettings): string {
  const sections: TrytonSettings = {
    // A relative path is refused with "unable to open database file".
    database: { uri: 'sqlite://', path: folder, ...settings['database'] },
    web: { listen: `127.0.0.1:${port}`, ...settings['web'] },
    session: { authentications: 'password', ...settings['session'] },
  }
  const text = Object.entries(sections)
    .map(([name, keys]) => [`[${name}]`, ...Object.entries(keys).map(([key, value]) => `${key} = ${value}`)].join('\n'))
    .join('\n')
  const file = join(folder, 'trytond.conf')
  writeFileSync(file, `${text}\n`)
  return file
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
}

function exists(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}
