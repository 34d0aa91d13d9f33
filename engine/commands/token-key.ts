import { generateKeyPairSync } from 'node:crypto'
import { open } from 'node:fs/promises'
import { EXIT, type ExitCode } from './exit.ts'

export interface TokenKeyOptions {
  /** File for the private half; it must not be there yet. */
  out: string
  format: 'text' | 'json'
}

/** `alcada token key`: a key for an agent to renew its tokens with. The private half goes to the agent, the public half into rbac.yaml. */
export async function tokenKey({ out, format }: TokenKeyOptions): Promise<ExitCode> {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const key = { kty: 'OKP', crv: 'Ed25519', x }
  // 0600 from its first byte on, and never in another key's place.
  const file = await open(out, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ ...key, d, alg: 'EdDSA' })}\n`)
  } finally {
    await file.close()
  }
  if (format === 'json') process.stdout.write(`${JSON.stringify(key)}\n`)
  else {
    process.stderr.write(`the private half is in \`${out}\`, for the agent alone; under its id in \`callers:\` write\n`)
    process.stdout.write(`keys: [{ kty: OKP, crv: Ed25519, x: "${x}" }]\n`)
  }
  return EXIT.done
}
