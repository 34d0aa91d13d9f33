import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './free-port.ts'

export interface Postgres {
  /** Makes an empty database. @returns its address */
  database(): Promise<string>
  /** Ends the server as a crash would; it can be started again. */
  crash(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Writes reach the disk before they are answered. Default false: a test's data need not outlive the machine. */
  durable?: boolean
}

/** A PostgreSQL server of its own on loopback, in a folder that goes with it. Ask `needs('postgres')` first. */
export async function startPostgres({ durable = false }: PostgresOptions = {}): Promise<Postgres> {
  const place = mkdtempSync(join(tmpdir(), 'alcada-postgres-'))
  const [data, sockets, password] = [join(place, 'cluster'), join(place, 'sockets'), join(place, 'password')]
  chmodSync(place, 0o755)
  writeFileSync(password, 'test-only', { mode: 0o644 })
  const as = asServer()
  for (const folder of [data, sockets]) {
    mkdirSync(folder, { mode: 0o700 })
    if (as.uid !== null) chownSync(folder, as.uid, as.gid)
  }
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }
  const init = [program('initdb'), '-D', data, '-U', 'app', '--auth=scram-sha-256', `--pwfile=${password}`]
  run([...init, '--no-sync', '-E', 'UTF8'])
  const port = await freePort()
  const url = (name: string): string => `postgres://app:test-only@127.0.0.1:${port}/${name}`
  const loose = durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']
  const settings = [
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `port=${port}`,
    '-c',
    `unix_socket_directories=${sockets}`,
  ]
  let server: ChildProcess | null = null
  let made = 0

  function run(command: string[]): void {
    const [file = '', ...rest] = [...as.prefix, ...command]
    execFileSync(file, rest, { env, stdio: 'pipe' })
  }
  async function start(): Promise<void> {
    const [file = '', ...rest] = [...as.prefix, program('postgres'), '-D', data, ...settings, ...loose]
    server = spawn(file, rest, { env, stdio: 'ignore' })
    for (let tries = 0; ; tries += 1) {
      try {
        await query(url('postgres'), 'SELECT 1')
        return
      } catch (error) {
        if (tries === 200) throw error
        await setTimeout(50)
      }
    }
  }
  async function end(signal: NodeJS.Signals): Promise<void> {
    const gone = server
    server = null
    if (gone === null || gone.exitCode !== null) return
    const exited = new Promise((resolve) => gone.once('exit', resolve))
    gone.kill(signal)
    await exited
  }

  await start()
  return {
    async database() {
      made += 1
      await query(url('postgres'), `CREATE DATABASE test_${made}`)
      return url(`test_${made}`)
    },
    // Immediate shutdown: no goodbye to clients, no checkpoint; its children end with it.
    crash: () => end('SIGQUIT'),
    start,
    async stop() {
      await end('SIGQUIT')
      rmSync(place, { recursive: true, force: true })
    },
  }
}

/** One statement on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/** PostgreSQL refuses to run as root: then as the user that Debian's package brings. */
function asServer(): { prefix: string[]; uid: number | null; gid: number } {
  if (process.getuid?.() !== 0) return { prefix: [], uid: null, gid: 0 }
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  const prefix = ['/usr/bin/setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups']
  return { prefix, uid: id('-u'), gid: id('-g') }
}

function program(name: string): string {
  const found = ['15', '16', '17', '18'].map((version) => `/usr/lib/postgresql/${version}/bin/${name}`).find(existsSync)
  return found ?? name
}
