import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { anchorPath, readCheckpoint, type SignedCheckpoint } from '../../engine/contract/checkpoint.ts'

/** A place that keeps checkpoints and that the operator of the server does not hold. */
export interface Anchor {
  /** As it was given, without what may be secret in it. */
  name: string
  /** Resolves once it is kept there. Throws when it is not, or when another one stands in its place. */
  put(signed: SignedCheckpoint): Promise<void>
  /** Replicas it has checkpoints of, where it can be asked for a list. */
  chains(erp: string): Promise<string[]>
  /** All checkpoints of a chain, by number, up to the first that is missing. */
  read(chain: { erp: string; replica: string }): Promise<SignedCheckpoint[]>
}

const TIMEOUT_MS = 10_000

/**
 * Opens an anchor.
 * @param target a folder, or an https address (http only on loopback) that takes PUT and answers GET
 * @param token sent as a bearer token to an address; null: none
 */
export function openAnchor(target: string, token: string | null): Anchor {
  return /^https?:/.test(target) ? httpAnchor(target, token) : folderAnchor(target)
}

function folderAnchor(folder: string): Anchor {
  const at = (signed: SignedCheckpoint['checkpoint']): string => join(folder, anchorPath(signed))
  const get = async (path: string): Promise<string | null> =>
    readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
  return {
    name: folder,
    async put(signed) {
      const path = at(signed.checkpoint)
      await mkdir(dirname(path), { recursive: true })
      const draft = `${path}.${process.pid}`
      const file = await open(draft, 'w', 0o644)
      try {
        await file.writeFile(`${JSON.stringify(signed)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      // A link never replaces what an anchor has.
      await link(draft, path)
        .catch(async (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error
          sameOrThrow(signed, await get(path))
        })
        .finally(() => rm(draft, { force: true }))
    },
    async chains(erp) {
      const names = await readdir(join(folder, erp)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      return names.map((name) => (name === '_' ? '' : name))
    },
    read: (chain) => readAll((number) => get(at({ ...chain, number, seq: 0, hash: '', at_ms: 0 }))),
  }
}

function httpAnchor(base: string, token: string | null): Anchor {
  const url = (path: string): URL => new URL(path, base.endsWith('/') ? base : `${base}/`)
  const headers = {
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
  const get = async (path: string): Promise<string | null> => {
    const answer = await fetch(url(path), { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await answer.text()
    if (answer.ok) return text
    if (answer.status === 404) return null
    throw new Error(`the anchor answered ${answer.status}`)
  }
  return {
    name: url('').origin + url('').pathname,
    async put(signed) {
      const path = anchorPath(signed.checkpoint)
      const answer = await fetch(url(path), {
        method: 'PUT',
        // RFC 9110 13.1.2: only where nothing is there yet.
        headers: { ...headers, 'if-none-match': '*' },
        body: JSON.stringify(signed),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await answer.body?.cancel()
      if (answer.ok) return
      if (answer.status !== 409 && answer.status !== 412) throw new Error(`the anchor answered ${answer.status}`)
      sameOrThrow(signed, await get(path))
    },
    chains: async () => [],
    read: ({ erp, replica }) => readAll((number) => get(anchorPath({ erp, replica, number }))),
  }
}

// The answer to an earlier attempt may have been lost; anything else in its place means that this chain is not the one
// the anchor knows: a restored backup, or a chain written anew.
function sameOrThrow(signed: SignedCheckpoint, text: string | null): void {
  const there = text === null ? null : readCheckpoint(text)
  if (JSON.stringify(there) === JSON.stringify(signed)) return
  throw new Error(`the anchor holds another checkpoint ${signed.checkpoint.number}: this is not the chain it knows`)
}

async function readAll(get: (number: number) => Promise<string | null>): Promise<SignedCheckpoint[]> {
  const found: SignedCheckpoint[] = []
  for (let number = 1; ; number += 1) {
    const text = await get(number)
    if (text === null) return found
    const signed = readCheckpoint(text)
    if (signed === null) throw new Error(`what the anchor holds as checkpoint ${number} is none`)
    found.push(signed)
  }
}
