import type { ValidateFunction } from 'ajv'
import { type Decision, hiddenKinds } from '../../engine/contract/decision.ts'
import type { PersonalSeen } from '../../engine/contract/personal/seen.ts'
import { type ShowRules, show } from '../../engine/contract/personal/show.ts'
import { showContent } from '../../engine/contract/personal/show-content.ts'
import type { ToolResult } from '../../engine/contract/result.ts'
import type { ErpDone } from '../erp/outcome.ts'
import type { CallAnswer } from './call.ts'

/** The result before anything is hidden; null when it is not of the shape the tool promises. */
export function clearResult(
  { data, page }: ErpDone,
  platform: string,
  alcada: { entry: string; revision: number },
  validate: ValidateFunction,
): ToolResult | null {
  const metadata = {
    platform,
    total_count: page?.total_count ?? null,
    page: page?.page ?? null,
    page_size: page?.page_size ?? null,
    has_next: page?.has_next ?? false,
  }
  const result = { data, metadata, alcada: { ...alcada, masked: [] } }
  return validate(result) ? result : null
}

/** The result as somebody may see it, the pointers of what is hidden in it, and what personal data it shows. */
export function shownResult(result: ToolResult, rules: ShowRules): { result: ToolResult; seen: PersonalSeen[] } {
  const { data, masked, seen } = show(result.data, rules)
  return { result: { ...result, data, alcada: { ...result.alcada, masked } }, seen }
}

/**
 * The answer of a call as its caller may see it. Content blocks of an upstream are given only where no field of the
 * result had to be masked: they say the same again, in words. What its words say beyond that is hidden by what it is.
 */
export function shownTo(
  decision: Pick<Decision, 'mask' | 'clear'>,
  sensitive: ShowRules['sensitive'],
  clear: ToolResult,
  content: unknown[] | undefined,
): { answer: Extract<CallAnswer, { kind: 'result' }>; seen: PersonalSeen[] } {
  const { mask } = decision
  const hidden = hiddenKinds(decision)
  const { result, seen } = shownResult(clear, { sensitive, mask, hidden })
  if (content === undefined || mask.length > 0) return { answer: { kind: 'result', result }, seen }
  const blocks = showContent(content, hidden)
  const masked = [...new Set([...result.alcada.masked, ...blocks.masked])].sort()
  const answer = { ...result, alcada: { ...result.alcada, masked } }
  return { answer: { kind: 'result', result: answer, content: blocks.content }, seen: [...seen, ...blocks.seen] }
}

/** The same where nobody may see any of it: what is kept for a repeat. */
export function hiddenResult(result: ToolResult, sensitive: ShowRules['sensitive']): ToolResult {
  return shownResult(result, { sensitive, mask: sensitive, hidden: hiddenKinds({}), wary: true }).result
}

/** Records a read gave. */
export function rowsOf(data: unknown): number {
  return Array.isArray(data) ? data.length : data === null || data === undefined ? 0 : 1
}
