import { digestOf } from './canonical.ts'
import type { CatalogueTool } from './catalogue.ts'

/** What an upstream MCP server says of one of its tools, as far as it is pinned. */
export interface UpstreamTool {
  name: string
  description?: string | undefined
  inputSchema: unknown
  outputSchema?: unknown
}

/** Why a tool of an upstream is not called: it is another than the one that was reviewed, or is there no more. */
export type UpstreamFault = 'changed' | 'vanished'

/**
 * SHA-256 over name, description and schemas (RFC 8785): what a reviewer read, and what a model would be told. Null where
 * the upstream says what JSON cannot hold canonically, which equals no pin.
 */
export function pinOf({ name, description, inputSchema, outputSchema }: UpstreamTool): string | null {
  try {
    const schemas = { inputSchema: inputSchema ?? null, outputSchema: outputSchema ?? null }
    return `sha256:${digestOf({ name, description: description ?? null, ...schemas })}`
  } catch {
    return null
  }
}

/** The name by which an upstream knows a tool. */
export function upstreamName({ name, native }: Pick<CatalogueTool, 'name' | 'native'>): string {
  return native.call ?? name
}

/** Tools of the catalogue that what the upstream lists now does not bear out, by our name. A tool without a pin is changed. */
export function upstreamFaults(
  tools: Readonly<Record<string, CatalogueTool>>,
  listed: readonly UpstreamTool[],
): Map<string, UpstreamFault> {
  const faults = new Map<string, UpstreamFault>()
  for (const tool of Object.values(tools)) {
    const same = listed.filter(({ name }) => name === upstreamName(tool))
    const [only] = same
    if (only === undefined) faults.set(tool.name, 'vanished')
    // Of two of one name nobody knows which one answers.
    else if (same.length > 1 || tool.pin === undefined || pinOf(only) !== tool.pin) faults.set(tool.name, 'changed')
  }
  return faults
}

/** A name as two readers might take it for another: compatibility forms, case and separators are no difference (UAX 15). */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '')
}

/** The characters a tool's name may have (MCP 2025-11-25, tools, tool names): no look-alikes, nothing invisible. */
export const TOOL_NAME: RegExp = /^[A-Za-z0-9_.-]{1,128}$/
