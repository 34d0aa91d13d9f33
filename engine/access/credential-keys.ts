import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { type CredentialKey, parseCredentialKeys } from '../contract/credential-key.ts'
import { AccessError } from './access-error.ts'
import { readOwnFile, replaceOwnFile } from './own-file.ts'

/** Where the key of one ERP's store is kept. Each may hold several keys, the newest first. */
export type KeySource =
  /** 0600. Made at the first `set` where it is not there. */
  | { kind: 'file'; path: string }
  /** The text itself, out of an environment variable. */
  | { kind: 'value'; text: string }
  /** A program and its arguments that print it: a vault's or a key management service's client. */
  | { kind: 'command'; words: readonly string[] }

/** A vault that takes longer has no answer. */
const COMMAND_MS = 10_000

/**
 * The keys of a store, newest first; none where the file is not there yet.
 * @throws AccessError KEY_COMMAND_FAILED, FILE_EXPOSED; CredentialStoreError STORE_KEY_MALFORMED
 */
export async function readCredentialKeys(source: KeySource): Promise<CredentialKey[]> {
  if (source.kind === 'value') return parseCredentialKeys(source.text)
  if (source.kind === 'command') return parseCredentialKeys(await printed(source.words))
  const text = await readOwnFile(source.path)
  return text === null ? [] : parseCredentialKeys(text)
}

/** A new key file. @returns its key */
export async function makeKeyFile(path: string): Promise<CredentialKey[]> {
  return writeKeys(path, [randomBytes(32)])
}

/** Puts a new key before the newest one, and leaves out those that are older. */
export async function addKey(path: string, [newest]: readonly CredentialKey[]): Promise<CredentialKey[]> {
  return writeKeys(path, [randomBytes(32), ...(newest === undefined ? [] : [newest.bytes])])
}

/** Leaves the newest key alone in its file. */
export async function dropOldKeys(path: string, keys: readonly CredentialKey[]): Promise<void> {
  await writeKeys(
    path,
    keys.slice(0, 1).map(({ bytes }) => bytes),
  )
}

async function writeKeys(path: string, keys: readonly Uint8Array[]): Promise<CredentialKey[]> {
  const text = keys.map((bytes) => `${Buffer.from(bytes).toString('base64')}\n`).join('')
  await replaceOwnFile(path, text)
  return parseCredentialKeys(text)
}

/** What a program prints, run without a shell. What it says on stderr may hold anything and is shown to nobody. */
async function printed([program = '', ...args]: readonly string[]): Promise<string> {
  try {
    const options = { timeout: COMMAND_MS, killSignal: 'SIGKILL', maxBuffer: 4_096, windowsHide: true } as const
    return (await promisify(execFile)(program, args, options)).stdout
  } catch (error) {
    // Not its cause: Node puts the whole stderr into that message.
    throw new AccessError(
      'KEY_COMMAND_FAILED',
      `expected ALCADA_CREDENTIALS_KEY_COMMAND to print a key, ${said(error)}`,
    )
  }
}

function said(error: unknown): string {
  const field = (name: string): unknown => (error instanceof Error ? Reflect.get(error, name) : undefined)
  if (field('killed') === true) return `got no end of it within ${COMMAND_MS / 1_000} s`
  const code = field('code')
  return `got ${typeof code === 'number' ? `exit code ${code}` : String(code ?? 'a signal')}: run it by hand to see why`
}
