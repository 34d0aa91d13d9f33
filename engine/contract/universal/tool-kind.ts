import type { Effect } from '../vocabulary.ts'

/** What a universal tool is in every ERP: only the ERP's way of doing it stands in its tools.yaml. */
export interface UniversalTool {
  /** For the agent, in English; starts with a verb. */
  description: string
  effect: Effect
  entity: string
  /** Names of arguments out of ARGUMENTS, `!` behind the required ones. */
  args: readonly string[]
  /** The record it answers with, out of RECORDS. */
  record: string
  /** list: a page of records. many: all that match, unpaged. one: a single record. */
  answer: 'list' | 'many' | 'one'
  /** True when it moves or creates money: facts must then declare amount and idempotency key. */
  money?: true
}

/** Arguments of every list that has pages. */
export const PAGE: readonly string[] = ['page', 'page_size']
