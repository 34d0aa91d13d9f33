import type { Imported } from '../operate/new-erp/openapi/import.ts'
import type { NewErp } from '../operate/new-erp/request.ts'
import { COMPOSE_FILE } from './compose.ts'

interface Done {
  /** The Compose file has its service. */
  compose: boolean
}

export function newErpText(
  { name, description, owner }: NewErp,
  imported: Imported,
  written: readonly string[],
  { compose }: Done,
): string {
  const { tools, left } = imported
  const widest = Math.max(...tools.map((tool) => tool.name.length))
  const lines = tools.map(({ name: tool, map, proposal: { operation }, notes }) => {
    const from = `${operation.method} ${operation.path}`
    return `  ${tool.padEnd(widest)}  ${map.effect.padEnd(6)}  ${from}${notes.length === 0 ? '' : `\n    ! ${notes.join('\n    ! ')}`}`
  })
  const source = description === null ? 'as most APIs have them' : 'proposed from the description'
  return [
    ...written,
    '',
    `${tools.length} tools, ${source}; each has to be reviewed (\`review\` in erps/${name}/tools.yaml):`,
    ...lines,
    ...(left.length === 0 ? [] : [`${left.length} operations became no tool: erps/${name}/README.md says why`]),
    '',
    'viewers read, and nothing else is to be had: policies take an effect out of `forbidden_effects` when it is reviewed',
    ...(owner === null ? [`nobody answers for it yet: policies/${name}/owners.yaml`] : []),
    ...(compose ? [] : [`no service in ${COMPOSE_FILE}: \`alcada compose\` writes it anew`]),
    'monitoring needs nothing: the dashboard knows every ERP by its label',
    `next: alcada check ${name}, alcada verify-erp ${name}, npm start -- ${name}`,
    '',
  ].join('\n')
}

export function newErpJson(
  { name }: NewErp,
  { tools, left }: Imported,
  written: readonly string[],
  { compose }: Done,
): string {
  const report = {
    erp: name,
    files: written,
    compose,
    tools: tools.map(({ name: tool, map, proposal: { operation }, notes }) => ({
      ...{ tool, effect: map.effect, from: `${operation.method} ${operation.path}`, review: notes },
    })),
    left: left.map(({ operation, reason }) => ({ operation: `${operation.method} ${operation.path}`, reason })),
  }
  return `${JSON.stringify(report)}\n`
}
