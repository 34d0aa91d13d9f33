import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type LogAccess, openAddress } from './log-address.ts'
import { logRegistry, openRegistry } from './log-registry.ts'

/** One line of a log, or why what stands there is none. */
export type LogLine = { text: string } | { bad: 'line_too_long' | 'not_utf8' | 'file_broken' }

/** A longer line is not read, in bytes. OPA sends chunks of decisions as one array. */
const MAX_LINE = 16 * 1024 * 1024

/**
 * The lines of a log, plain or gzip, as they come: no more than one is ever held. A file that ends in the middle of its
 * compression gives what stands before.
 * @param source path, https address, or the registry that logs were pushed to
 * @returns null where there is no such file
 * @throws LogError when it is there and cannot be read
 */
export async function logLines(source: string, access: LogAccess = {}): Promise<AsyncGenerator<LogLine> | null> {
  const registry = logRegistry(source)
  if (registry !== null) {
    const logs = await openRegistry(registry, access.erps ?? [], access.tokenFile ?? null)
    return logs === null ? null : inOneRow(logs.map(linesOf))
  }
  const bytes = /^https?:\/\//.test(source) ? await openAddress(source, access) : await openFile(source)
  return bytes === null ? null : linesOf(bytes)
}

/** One after the other. */
export async function* inOneRow(sources: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  for (const lines of sources) yield* lines
}

async function openFile(path: string): Promise<Readable | null> {
  const file = createReadStream(path)
  return new Promise((resolve, reject) => {
    file.once('open', () => resolve(file))
    file.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(null) : reject(error)))
  })
}

async function* linesOf(source: Readable): AsyncGenerator<LogLine> {
  let pieces: Buffer[] = []
  let size = 0
  const take = (): LogLine | null => {
    const [whole, length] = [pieces, size]
    pieces = []
    size = 0
    if (length > MAX_LINE) return { bad: 'line_too_long' }
    return textOf(Buffer.concat(whole))
  }
  try {
    for await (const chunk of plain(source)) {
      let start = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        keep(chunk.subarray(start, end))
        const line = take()
        if (line !== null) yield line
        start = end + 1
      }
      keep(chunk.subarray(start))
    }
  } catch {
    yield { bad: 'file_broken' }
  }
  const last = take()
  if (last !== null) yield last

  function keep(piece: Buffer): void {
    size += piece.length
    if (size <= MAX_LINE) pieces.push(piece)
    else pieces = []
  }
}

async function* plain(source: Readable): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done === true) return
  const { value } = first
  const rest = async function* (): AsyncGenerator<Buffer> {
    yield value
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  const isGzip = value[0] === 0x1f && value[1] === 0x8b
  if (!isGzip) return yield* rest()
  const compressed = Readable.from(rest())
  const unpacked = createGunzip()
  compressed.on('error', (error) => unpacked.destroy(error))
  for await (const chunk of compressed.pipe(unpacked)) yield Buffer.from(chunk)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Null for an empty line. */
function textOf(bytes: Buffer): LogLine | null {
  try {
    const text = utf8.decode(bytes).trim()
    return text === '' ? null : { text }
  } catch {
    return { bad: 'not_utf8' }
  }
}
