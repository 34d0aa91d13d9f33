import { spawn } from 'node:child_process'
import type { TrustedKey } from '../contract/bundle-claims.ts'
import { AccessError } from './access-error.ts'

/** A key whose private half never leaves a key management service. It is a `Signer` of engine/bundle. */
export interface CommandKey {
  keyId: string
  development: boolean
  /** Epoch milliseconds at which it ends. */
  notAfterMs: number
  sign(content: Uint8Array): Promise<Uint8Array>
}

/** A service that takes longer has no answer. */
const COMMAND_MS = 60_000

/**
 * A key that a program signs with: the bytes to sign on its standard input; on its standard output the signature
 * (Ed25519, 64 bytes) in base64. It is run without a shell.
 * @param words the program and its arguments
 */
export function commandKey(words: readonly string[], { id, development, not_after }: TrustedKey): CommandKey {
  return {
    keyId: id,
    development,
    notAfterMs: Date.parse(not_after),
    async sign(content) {
      const signature = Buffer.from((await printed(words, content)).trim(), 'base64')
      if (signature.length === 64) return signature
      throw failed(`a signature of 64 bytes in base64, got ${signature.length} bytes`)
    },
  }
}

function printed([program = '', ...args]: readonly string[], content: Uint8Array): Promise<string> {
  // What it says on stderr is for whoever runs this; a signature is no secret.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], timeout: COMMAND_MS, killSignal: 'SIGKILL' })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  // A program that does not read to the end says why by its exit code.
  child.stdin.on('error', () => undefined)
  child.stdin.end(content)
  return new Promise((resolve, reject) => {
    child.once('error', ({ message }) => reject(failed(`a program, got ${message}`)))
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(failed(`exit code 0, got ${code ?? 'a signal'}`)),
    )
  })
}

function failed(expected: string): AccessError {
  return new AccessError(
    'KEY_COMMAND_FAILED',
    `expected of ALCADA_BUNDLE_KEY_COMMAND ${expected}; nothing was signed: run it by hand to see why`,
  )
}
