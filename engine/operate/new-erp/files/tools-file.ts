import type { WrittenTool } from '../../../contract/tool.ts'
import type { Imported } from '../openapi/import.ts'
import type { ImportedTool } from '../openapi/tool.ts'
import type { NewErp } from '../request.ts'
import { yamlText } from '../yaml-text.ts'

/** `erps/<erp>/tools.yaml`: every tool says what it was proposed from, until somebody has reviewed it. */
export function toolsFile({ title }: NewErp, { tools, records }: Imported): string {
  const head = `# How ${title} does each universal tool. Proposed, not proved: compare each with the documentation, try it out, and take its
# \`review\` away. \`alcada check\` names those that still have one. Each key: ../../engine/contract/tool.ts
`
  const written = Object.fromEntries(tools.map((tool) => [tool.name, withReview(tool)]))
  return head + yamlText({ records, tools: written })
}

function withReview({ map, proposal, notes }: ImportedTool): WrittenTool {
  const { method, path, summary } = proposal.operation
  const from = `effect \`${map.effect}\`, from ${method} ${path}${summary === '' ? '' : `: ${summary}`}`
  return { review: [from, ...notes].join('; '), ...map }
}
