import { webAddressKind } from '../../engine/contract/web-address.ts'

/** Larger documents are not read. */
const MOST_BYTES = 262_144

/** Whether a provider may be asked at this address: https; on a development server http on this machine too. */
export function mayBeAsked(url: string, development: boolean): boolean {
  const kind = webAddressKind(url)
  return kind === 'https' || (kind === 'loopback' && development)
}

/** What a provider answered. Throws on more than 256 KiB. */
export async function boundedText(answer: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body ?? []) {
    size += part.byteLength
    if (size > MOST_BYTES) throw new Error(`expected at most ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
