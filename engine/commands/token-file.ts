import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'

/** The token in a file, or, for `-`, in stdin: never an argument, which others on the machine see. */
export async function tokenIn(file: string): Promise<string> {
  return (file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')).trim()
}
