import { RequestError } from '@octokit/request-error'

/** What GitHub answered instead of what it was asked for. */
export interface Refused {
  /** HTTP status; null where nothing answered. */
  status: number | null
  /** GitHub's words, those of single fields included. */
  said: string
  headers: Readonly<Record<string, string | number | undefined>>
  /** `GET /repos/{owner}/{repo}`: never what it was asked with. */
  asked: string
}

/** Reads a failed request; null for an error that is none. */
export function refusedOf(error: unknown, asked: string): Refused | null {
  if (!(error instanceof RequestError)) return null
  const { response } = error
  if (response === undefined) return { status: null, said: error.message, headers: {}, asked }
  return { status: error.status, said: wordsOf(response.data) || error.message, headers: response.headers, asked }
}

function wordsOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  const message = 'message' in data && typeof data.message === 'string' ? data.message : ''
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors.map(errorWords) : []
  return [message, ...errors].filter((part) => part !== '').join(': ')
}

function errorWords(error: unknown): string {
  if (typeof error === 'string') return error
  if (typeof error !== 'object' || error === null) return ''
  const part = (name: string): string => String((name in error && Reflect.get(error, name)) || '')
  return part('message') || [part('field'), part('code')].filter((word) => word !== '').join(' ')
}
