import type { Shown } from '../../engine/contract/personal/show.ts'

/** In the place of show.ts: everything is seen, and nothing is looked for. */
export function show(data: unknown): Shown {
  return { data, masked: [], seen: [] }
}

/** In the place of show-content.ts. */
export function showContent(content: unknown[]): { content: unknown[]; masked: string[]; seen: [] } {
  return { content, masked: [], seen: [] }
}
