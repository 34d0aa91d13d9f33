import type { ValidateFunction } from 'ajv'
import { maskData } from '../../engine/contract/mask.ts'
import type { ToolResult } from '../../engine/contract/result.ts'
import type { SensitiveKind } from '../../engine/contract/vocabulary.ts'
import type { ErpDone } from '../erp/outcome.ts'

type Masks = readonly { pointer: string; kind: SensitiveKind }[]

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

/** The result with the masked values hidden and the pointers of those listed. */
export function maskedResult(result: ToolResult, masks: Masks): ToolResult {
  const { data, masked } = maskData(result.data, masks)
  return { ...result, data, alcada: { ...result.alcada, masked } }
}

/** Records a read gave. */
export function rowsOf(data: unknown): number {
  return Array.isArray(data) ? data.length : data === null || data === undefined ? 0 : 1
}
