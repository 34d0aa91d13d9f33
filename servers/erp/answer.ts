import { readPointer } from '../../engine/contract/pointer.ts'
import type { JudgedAnswer } from './error-rule.ts'
import { parseExactJson } from './exact-json.ts'
import type { RawAnswer } from './exchange.ts'
import { ErpFailure } from './outcome.ts'

/** Whether an answer could be read, and what stands in it. */
export type ReadAnswer = JudgedAnswer & { readable: boolean }

/**
 * Reads an answer, whatever content type it says: ERPs send JSON as text/plain, and one bare value without quotes.
 * An empty body is null. What is no JSON is text for the error rules.
 */
export function readAnswer({ status, headers, bytes }: RawAnswer): ReadAnswer {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return { status, headers, document: undefined, text: '', readable: false }
  const text = new TextDecoder().decode(bytes)
  if (text.trim() === '') return { status, headers, document: null, text, readable: true }
  try {
    return { status, headers, document: parseExactJson(bytes, bytes.length), text, readable: true }
  } catch {
    const bare = (headers['content-type'] ?? '').startsWith('text/plain') && /^[\w.:-]{1,200}$/.test(text.trim())
    return { status, headers, document: bare ? text.trim() : undefined, text, readable: bare }
  }
}

/** What stands below request.result of an answer that no error rule met. Throws ErpFailure. */
export function contentOf(answer: ReadAnswer, result: string): unknown {
  if (answer.status >= 300) {
    throw new ErpFailure({ kind: 'redirect_refused', message: 'the ERP points to another address' }, false)
  }
  if (!answer.readable) {
    throw new ErpFailure({ kind: 'unreadable_answer', message: 'the answer of the ERP cannot be read' }, false)
  }
  if (result === '' || answer.document === null) return answer.document
  const content = readPointer(answer.document, result)
  if (content !== undefined) return content
  throw new ErpFailure({ kind: 'unreadable_answer', message: 'the answer of the ERP lacks its content' }, false)
}
