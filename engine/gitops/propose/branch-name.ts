/** Longest part of a branch's name that comes from a message, in characters. */
const MAX = 60

/** The same message gives the same branch, so that a proposal made again updates its pull request. */
export function branchName(message: string): string {
  const [title = ''] = message.trim().split('\n')
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX)
    .replace(/^-+|-+$/g, '')
  return `alcada/${words === '' ? 'change' : words}`
}
