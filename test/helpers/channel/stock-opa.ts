import { spawn } from 'node:child_process'
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

export interface StockOpa {
  /** Path of the OPA binary. */
  compiler: string
  /** `localhost:5000`, over plain HTTP. */
  registry: string
  /** `localhost:5000/policies/x:omie` */
  image: string
  /** Digest of the bundle, in hexadecimal. */
  digest: string
  publicPem: string
}

/**
 * Has an unchanged `opa run --server` pull a bundle, and another verify it and answer by it: OPA's configuration of
 * keys knows no EdDSA, its command line does.
 * @returns what it decides on this input
 */
export async function askStockOpa(stock: StockOpa, input: unknown): Promise<unknown> {
  const { compiler, registry, image, digest, publicPem } = stock
  const place = mkdtempSync(join(tmpdir(), 'alcada-opa-'))
  const polling = { min_delay_seconds: 1, max_delay_seconds: 2 }
  const config = {
    services: { registry: { url: `http://${registry}`, type: 'oci' } },
    persistence_directory: join(place, 'pulled'),
    bundles: { omie: { service: 'registry', resource: image, polling } },
  }
  writeFileSync(join(place, 'opa.json'), JSON.stringify(config))
  writeFileSync(join(place, 'key.pem'), publicPem)
  try {
    const pulled = async (): Promise<boolean> => globSync(`pulled/**/${digest}`, { cwd: place }).length > 0
    await whileOpaRuns(compiler, place, ['--config-file', 'opa.json'], pulled)
    copyFileSync(join(place, globSync(`pulled/**/${digest}`, { cwd: place })[0] ?? ''), join(place, 'bundle.tar.gz'))
    const key = ['--verification-key', 'key.pem', '--verification-key-id', 'release-1', '--signing-alg', 'EdDSA']
    let answer: unknown = null
    await whileOpaRuns(compiler, place, ['--bundle', 'bundle.tar.gz', ...key, '--scope', 'omie'], async (address) => {
      const body = JSON.stringify({ input })
      const told = await fetch(`${address}/v1/data/omie/decision`, { method: 'POST', body }).catch(() => null)
      if (told === null) return false
      answer = JSON.parse(await told.text())
      return true
    })
    return answer
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** Runs `opa run --server` until this is so. Throws with what it said where it ends before. */
async function whileOpaRuns(
  compiler: string,
  place: string,
  args: readonly string[],
  isSo: (address: string) => Promise<boolean>,
): Promise<void> {
  const port = await freePort()
  const log = join(place, 'log')
  writeFileSync(log, '')
  const command = `exec "$0" run --server --addr 127.0.0.1:${port} --skip-version-check "$@" >log 2>&1`
  const child = spawn('sh', ['-c', command, compiler, ...args], { cwd: place, stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  while (!(await isSo(`http://127.0.0.1:${port}`))) {
    if (child.exitCode !== null) throw new Error(readFileSync(log, 'utf8'))
    await setTimeout(50)
  }
  child.kill()
  await ended
}
