import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { issuerKeysPath, trustPath } from '../access/public-keys.ts'
import { credentialSettings } from './credential-settings.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { serverMain } from './server-process.ts'
import { workplaceOf } from './workplace.ts'

export interface ServeOptions {
  /** Folder that holds `.alcada/`; a policy repository, or any other. */
  root: string
  erp: string
  stdio: boolean
  environment: Environment
}

/**
 * `alcada serve`: one ERP's server in a process of its own, with this ERP's settings only. What the environment does
 * not say is taken from `.alcada/`. It never makes trust: without any it says what to do.
 */
export async function serve({ root, erp, stdio, environment }: ServeOptions): Promise<ExitCode> {
  const place = workplaceOf(root)
  const env = {
    ALCADA_CHANNEL: place.channel,
    ALCADA_TRUST_FILE: trustPath(place.folder),
    ALCADA_TOKEN_KEYS_FILE: issuerKeysPath(place.folder),
    ALCADA_STATE_DIR: place.stateDir(erp),
    // The vault's own client is looked for by name.
    ...(environment.passed['ALCADA_CREDENTIALS_KEY_COMMAND'] ? { PATH: environment.path } : {}),
    ...credentialSettings(place, erp, environment.passed),
    ...environment.passed,
    ALCADA_ERP: erp,
    ...(stdio ? { ALCADA_STDIO: '1' } : {}),
  }
  const unknown = unknownErp(root, erp)
  const wrong = unknown ?? missingTrust(env.ALCADA_TRUST_FILE)
  if (wrong !== null) {
    process.stderr.write(`alcada: ${wrong}\n`)
    return unknown === null ? EXIT.failed : EXIT.usage
  }
  const child = spawn(process.execPath, [serverMain], { env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.once('error', () => resolve(EXIT.failed))
    child.once('exit', (code) => resolve(code === 0 ? EXIT.done : code === 2 ? EXIT.usage : EXIT.failed))
  })
}

/** In a policy repository a misspelt name is told at once; elsewhere only the channel knows the names. */
function unknownErp(root: string, erp: string): string | null {
  const folder = join(root, 'erps')
  if (!existsSync(folder) || existsSync(join(folder, erp))) return null
  return `ERP \`${erp}\` does not exist; known: ${readdirSync(folder).sort().join(', ')}`
}

function missingTrust(file: string): string | null {
  if (existsSync(file)) return null
  return [
    `expected the public keys this server trusts at \`${file}\`, got nothing;`,
    'set ALCADA_TRUST_FILE to the trust.json of your release keys,',
    'or run `alcada up` (or `alcada build`) here for a development server',
  ].join(' ')
}
