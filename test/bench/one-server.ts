import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { developmentKeys } from '../../engine/access/development-keys.ts'
import { issueToken } from '../../engine/access/token.ts'
import { spawnServer } from '../../engine/commands/server-process.ts'
import { signedBundle } from '../../engine/commands/sign.ts'
import { writeSecrets } from '../../engine/commands/workplace.ts'
import { publishBundle } from '../../engine/publish/bundle.ts'
import { folderWriter } from '../../engine/publish/folder.ts'
import { copyProject } from '../helpers/alcada/project.ts'
import { compiledErp } from './compiled.ts'

const AURORA = '12345678000195'

export interface OneServer {
  mcp: URL
  token: string
  pid: number
  /** From its process being made to the word that it is ready, in milliseconds. */
  readyMs: number
  /** Its state folder. */
  state: string
  stop(): Promise<void>
}

/** The real server of Tryton before another address, its limits on the ERP taken away: they would be what is measured. */
export async function startOne(baseUrl: string, more: Record<string, string> = {}): Promise<OneServer> {
  const project = copyProject('tryton')
  project.replace('erps/tryton/erp.yaml', 'concurrency: 8', 'concurrency: 1000')
  const place = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const keys = await developmentKeys(join(place, 'keys'))
  const compiled = await compiledErp(project.root, 'tryton')
  const bundle = (revision: number): Promise<Uint8Array> =>
    signedBundle(compiled, { revision, key: keys.bundle, nowMs: Date.now() })
  await publishBundle({ channel: folderWriter(join(place, 'channel')), erp: 'tryton', bundle })
  const credential = { user: 'u', password: 'p', company_id: '1', payable_account: '3', expense_journal: '2' }
  await writeSecrets(join(place, 'secrets.json'), { [AURORA]: credential })
  mkdirSync(join(place, 'state'), { mode: 0o700 })
  const env = {
    ALCADA_ERP: 'tryton',
    ALCADA_CHANNEL: join(place, 'channel'),
    ALCADA_TRUST_FILE: keys.trustFile,
    ALCADA_TOKEN_KEYS_FILE: keys.tokenKeysFile,
    ALCADA_SECRETS_FILE: join(place, 'secrets.json'),
    ALCADA_STATE_DIR: join(place, 'state'),
    ALCADA_BASE_URL: baseUrl,
    ALCADA_PORT: '0',
    ALCADA_OPS_PORT: '0',
    ...more,
  }
  const began = performance.now()
  const server = await spawnServer({ env, logFile: join(place, 'server.log') })
  const readyMs = performance.now() - began
  const caller = { sub: 'agent-1', for: 'u17', kind: 'agent', roles: ['operator'], companies: [AURORA] } as const
  return {
    mcp: new URL(server.mcp),
    token: issueToken({ erp: 'tryton', ...caller }, keys.token).token,
    pid: server.pid,
    readyMs,
    state: join(place, 'state'),
    async stop() {
      await server.stop()
      project.remove()
      rmSync(place, { recursive: true, force: true })
    },
  }
}
