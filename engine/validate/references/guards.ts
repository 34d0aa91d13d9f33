import { isZone } from '../../contract/calendar.ts'
import type { CatalogueTool } from '../../contract/catalogue.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import type { GuardsEntry, RbacFile } from '../policy-files.ts'
import { checkRole } from './rbac.ts'

type Tools = Readonly<Record<string, CatalogueTool>>

/** security.guards: roles, entities and zones exist, and no guard refuses everything by mistake. */
export function checkGuards(
  guards: GuardsEntry,
  roles: RbacFile['rbac']['roles'],
  tools: Tools,
  report: Reporter,
): void {
  for (const name of ['bank_freeze', 'duplicates'] as const) {
    for (const [index, role] of (guards[name]?.roles ?? []).entries()) {
      checkRole(role, roles, pointerOf('security', 'guards', name, 'roles', index), report)
    }
  }
  checkExport(guards.export, tools, report)
  checkHours(guards.hours, report)
}

function checkExport(entry: GuardsEntry['export'], tools: Tools, report: Reporter): void {
  if (entry === undefined) return
  const at = pointerOf('security', 'guards', 'export')
  const known = [...new Set(Object.values(tools).map(({ entity }) => entity))].sort()
  for (const key of ['entities', 'filter_required'] as const) {
    for (const [index, entity] of (entry[key] ?? []).entries()) {
      const place = `${at}${pointerOf(key, index)}`
      if (!known.includes(entity)) {
        const message = `no tool of this ERP is about \`${entity}\``
        report.at(place, { code: 'ENTITY_UNKNOWN', message, help: suggest(entity, known, 'entity') })
      } else if (key === 'filter_required') checkFilters(entity, place, tools, report)
    }
  }
}

/** A list that cannot be narrowed would never be given out. */
function checkFilters(entity: string, place: string, tools: Tools, report: Reporter): void {
  for (const { name, facts = {} } of Object.values(tools).filter((tool) => tool.entity === entity)) {
    if (facts.rows === undefined || facts.filtered !== undefined) continue
    const message = `\`${name}\` cannot be narrowed, so nobody could call it`
    report.at(place, {
      code: 'FILTER_UNDECLARED',
      message,
      help: `declare \`filtered: { any: [/args/…] }\` among the facts of \`${name}\`, or leave \`${entity}\` out`,
    })
  }
}

function checkHours(entry: GuardsEntry['hours'], report: Reporter): void {
  if (entry === undefined) return
  const at = pointerOf('security', 'guards', 'hours')
  if (entry.from >= entry.until) {
    const message = `expected \`until\` after \`from\`, got ${entry.from} to ${entry.until}: no hour would be left`
    report.at(`${at}/until`, { code: 'HOURS_EMPTY', message, help: 'write for example `from: 8` and `until: 18`' })
  }
  if (entry.zone !== undefined && !isZone(entry.zone)) {
    const message = `\`${entry.zone}\` is no time zone`
    report.at(`${at}/zone`, { code: 'ZONE_UNKNOWN', message, help: 'write for example `America/Sao_Paulo`' })
  }
}
