import { simpleGit } from 'simple-git'

/** Who last changed a line, as git has it. */
export interface LineOrigin {
  commit: string
  author: string
  /** ISO 8601. */
  at: string
  subject: string
}

/**
 * @param commit where the line is looked at; null: the working tree
 * @returns null where git does not know the file there, or the line is not committed yet
 */
export async function blame(
  root: string,
  commit: string | null,
  file: string,
  line: number,
): Promise<LineOrigin | null> {
  const at = commit === null ? [] : [commit]
  const args = ['blame', '--porcelain', '-L', `${line},${line}`, ...at, '--', file]
  const text = await simpleGit({ baseDir: root })
    .raw(args)
    .catch(() => '')
  const [first = '', ...rest] = text.split('\n')
  const name = first.split(' ')[0] ?? ''
  if (!/^[0-9a-f]{40}$/.test(name) || /^0+$/.test(name)) return null
  const field = (key: string): string => rest.find((one) => one.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  const seconds = Number(field('author-time'))
  return {
    commit: name,
    author: field('author'),
    at: new Date(seconds * 1_000).toISOString(),
    subject: field('summary'),
  }
}
