/** ustar works in blocks of this many bytes. */
export const TAR_BLOCK = 512

// What OPA writes and what a safe path is: relative, plain segments, none of them `.` or `..`.
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/
const MAX_NAME = 98

/** True when a name is a relative path of plain segments that fits a ustar header with a slash before it. */
export function isTarName(name: string): boolean {
  return name.length <= MAX_NAME && name.split('/').every((segment) => SEGMENT.test(segment))
}

/**
 * The header of one regular file as OPA writes it: a slash before the name, mode 0600, owner 0, time 0.
 * There is exactly one header for a name and a size, so a reader can compare instead of interpreting.
 */
export function tarHeader(name: string, size: number): Uint8Array {
  if (!isTarName(name)) throw new Error(`expected a plain relative path of at most ${MAX_NAME} bytes, got \`${name}\``)
  const header = Buffer.alloc(TAR_BLOCK)
  header.write(`/${name}`, 0, 'latin1')
  header.write('0000600\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  header.write('0000000\0', 329)
  header.write('0000000\0', 337)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** The name and the size a header states; null when it is not one of ours, whatever its kind (link, folder, PAX, GNU). */
export function readTarHeader(header: Uint8Array): { name: string; size: number } | null {
  const text = Buffer.from(header).toString('latin1')
  const name = text.slice(1, text.indexOf('\0'))
  const digits = text.slice(124, 135)
  if (!isTarName(name) || !/^[0-7]{11}$/.test(digits)) return null
  const size = Number.parseInt(digits, 8)
  return Buffer.compare(header, tarHeader(name, size)) === 0 ? { name, size } : null
}
