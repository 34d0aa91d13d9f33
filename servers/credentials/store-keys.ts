import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type CredentialKey, parseCredentialKeys } from '../../engine/contract/credential-key.ts'
import { CredentialsError } from './credentials.ts'
import { readOwnFile } from './own-file.ts'
import type { Secret } from './secret.ts'

/** Where the key of this ERP's store is kept. While it is replaced, two keys stand there. */
export type StoreKeySource =
  | { kind: 'file'; path: string }
  | { kind: 'value'; text: Secret }
  /** A program and its arguments that print it: a vault's or a key management service's client. */
  | { kind: 'command'; words: readonly string[] }

/** A vault that takes longer has no answer, in milliseconds. */
const COMMAND_MS = 10_000

/** Reads the keys anew. Throws CredentialsError, CredentialStoreError. */
export async function readStoreKeys(source: StoreKeySource): Promise<CredentialKey[]> {
  if (source.kind === 'value') return parseCredentialKeys(source.text.reveal())
  if (source.kind === 'command') return parseCredentialKeys(await printed(source.words))
  return parseCredentialKeys(new TextDecoder().decode(await readOwnFile(source.path, 'credential key file')))
}

/** What a program prints, run without a shell. What it says on stderr may hold anything and is shown to nobody. */
async function printed([program = '', ...args]: readonly string[]): Promise<string> {
  try {
    const options = { timeout: COMMAND_MS, killSignal: 'SIGKILL', maxBuffer: 4_096, windowsHide: true } as const
    return (await promisify(execFile)(program, args, options)).stdout
  } catch (error) {
    // Not its cause: Node puts the whole stderr into that message.
    const message = `expected ALCADA_CREDENTIALS_KEY_COMMAND to print a key, ${said(error)}`
    throw new CredentialsError('KEY_COMMAND_FAILED', message)
  }
}

function said(error: unknown): string {
  const field = (name: string): unknown => (error instanceof Error ? Reflect.get(error, name) : undefined)
  if (field('killed') === true) return `got no end of it within ${COMMAND_MS / 1_000} s`
  const code = field('code')
  return `got ${typeof code === 'number' ? `exit code ${code}` : String(code ?? 'a signal')}: run it by hand to see why`
}
