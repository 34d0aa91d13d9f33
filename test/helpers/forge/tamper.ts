import { gunzipSync, gzipSync } from 'node:zlib'
import { readTar, writeTar } from '../../../engine/contract/tar.ts'
import type { ForgedKey } from './key.ts'

/** The files of a bundle, to be tampered with. */
export function unpack(bundle: Uint8Array): Map<string, Uint8Array> {
  return readTar(gunzipSync(bundle))
}

/** Packs any files, without compressing: hundreds of attempts should not take long. */
export function repack(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return gzipSync(writeTar(files), { level: 0 })
}

/** The bundle with one file put in its place; null takes it away. */
export function withFile(bundle: Uint8Array, name: string, content: Uint8Array | string | null): Uint8Array {
  const files = unpack(bundle)
  if (content === null) files.delete(name)
  else files.set(name, Buffer.from(content))
  return repack(files)
}

/** The bundle with one bit of one file turned over, in its middle. */
export function flipped(bundle: Uint8Array, name: string): Uint8Array {
  const content = Buffer.from(unpack(bundle).get(name) ?? '')
  const middle = Math.floor(content.length / 2)
  content[middle] = (content[middle] ?? 0) ^ 1
  return withFile(bundle, name, content)
}

/** The bundle with one file under another name. */
export function renamed(bundle: Uint8Array, from: string, to: string): Uint8Array {
  const entries = [...unpack(bundle)].map(([name, content]): [string, Uint8Array] => [
    name === from ? to : name,
    content,
  ])
  return repack(new Map(entries))
}

/** What a bundle's one token says: header, payload and signature. */
export function tokenOf(bundle: Uint8Array): { header: object; payload: Record<string, unknown>; token: string } {
  const text = Buffer.from(unpack(bundle).get('.signatures.json') ?? '').toString()
  const token = String(JSON.parse(text).signatures[0])
  const [header = '', payload = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header), payload: JSON.parse(payload), token }
}

/** A token over anything, signed genuinely. */
export async function forgeToken(key: ForgedKey, payload: object, header: object = {}): Promise<string> {
  const whole = { alg: 'EdDSA', kid: key.signer.keyId, typ: 'JWT', ...header }
  const content = [whole, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${content}.${Buffer.from(await key.signer.sign(Buffer.from(content))).toString('base64url')}`
}

/** The bundle with these tokens for its signature. */
export function withTokens(bundle: Uint8Array, ...tokens: string[]): Uint8Array {
  return withFile(bundle, '.signatures.json', JSON.stringify({ signatures: tokens }))
}

export interface RawEntry {
  /** As it stands in the header, leading slash included. */
  name: string
  content?: string
  /** What the header states; by default the content's length. */
  size?: number | string
  /** ustar type flag: `0` file, `1` and `2` links, `5` folder, `x` PAX, `L` GNU long name. */
  type?: string
  link?: string
  mode?: string
}

/** A tar of anything, with right checksums: what no writer of ours would make. */
export function rawTar(...entries: RawEntry[]): Uint8Array {
  const parts = entries.flatMap(({ name, content = '', size, type = '0', link = '', mode = '0000600' }) => {
    const header = Buffer.alloc(512)
    header.write(name, 0, 'latin1')
    header.write(`${mode}\0`, 100)
    header.write('0000000\x000000000\0', 108)
    const stated = typeof size === 'string' ? size : (size ?? content.length).toString(8).padStart(11, '0')
    header.write(`${stated}\0`, 124)
    header.write('00000000000\0        ', 136)
    header.write(type, 156)
    header.write(link, 157)
    header.write('ustar\x0000', 257)
    header.write('0000000\x000000000\0', 329)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512)
    padded.write(content)
    return [header, padded]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
