import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Alcada } from '../../helpers/alcada/start.ts'

const CLI = fileURLToPath(new URL('../../../engine/cli.ts', import.meta.url))

/** `alcada serve ERP --stdio` as a client's configuration has it, with a state folder and a token file of its own. */
export interface StdioServer {
  command: string
  args: string[]
  env: Record<string, string>
  /** Another caller from the next request on. */
  becomes(token: string): void
  remove(): void
}

export function stdioServer({ env, project }: Alcada, token: string): StdioServer {
  const place = mkdtempSync(join(tmpdir(), 'alcada-stdio-'))
  const file = join(place, 'token')
  const becomes = (next: string): void => {
    writeFileSync(file, `${next}\n`, { mode: 0o600 })
    chmodSync(file, 0o600)
  }
  becomes(token)
  const own = {
    ALCADA_TOKEN_FILE: file,
    ALCADA_STATE_DIR: join(place, 'state'),
    ALCADA_PORT: '0',
    ALCADA_OPS_PORT: '0',
  }
  const { ALCADA_ERP = '', ...settings } = env
  return {
    command: process.execPath,
    args: [CLI, '--root', project.root, 'serve', ALCADA_ERP, '--stdio'],
    env: { ...settings, ...own },
    becomes,
    remove: () => rmSync(place, { recursive: true, force: true }),
  }
}
