import type { Catalogue, CatalogueTool } from '../contract/catalogue.ts'
import { buildCatalogue } from '../contract/catalogue-build.ts'
import { type Finding, sortFindings } from '../contract/finding.ts'
import type { ErpSources, Tree, YamlFile } from '../load/tree.ts'
import type { CheckedErp } from './checked.ts'
import { buildConfig } from './config-build.ts'
import { erpOf } from './erp-of.ts'
import { type Reporter, reporter } from './place.ts'
import { checkAlerts } from './references/alerts.ts'
import { checkDecisions } from './references/decisions.ts'
import { declaredTools } from './references/declared.ts'
import { checkGuards } from './references/guards.ts'
import { checkLimits } from './references/limits.ts'
import { checkOwned, checkOwnedApprovals, checkOwners } from './references/owners.ts'
import { checkRbac } from './references/rbac.ts'
import { checkReconcile } from './references/reconcile.ts'
import { checkReviewed } from './references/reviewed.ts'
import { checkSecrets } from './references/secrets.ts'
import { checkSecurity } from './references/security.ts'
import { checkStandIn } from './references/stand-in.ts'
import { checkTools } from './references/tools.ts'
import { checkUpstream } from './references/upstream.ts'
import { readShape, SHAPES } from './shape.ts'
import { buildTable } from './table-build.ts'

export interface Validated {
  findings: Finding[]
  /** The ERPs without a finding of severity error, by name. */
  erps: Record<string, CheckedErp>
}

/** Judges all that was loaded: shapes first, then what the files say of each other. Never throws for what people wrote. */
export function validateTree(tree: Tree): Validated {
  const findings: Finding[] = []
  const erps: Record<string, CheckedErp> = {}
  for (const sources of Object.values(tree.erps)) {
    const own: Finding[] = []
    const checked = validateErp(sources, tree.sharedRego, own)
    if (checked !== null && !own.some((finding) => finding.severity === 'error')) erps[sources.name] = checked
    findings.push(...own)
  }
  return { findings: sortFindings(findings), erps }
}

function validateErp(sources: ErpSources, sharedRego: Record<string, string>, findings: Finding[]): CheckedErp | null {
  const { files, name } = sources
  const on = (file: YamlFile | null): Reporter => reporter(file ?? NOWHERE, findings)
  for (const file of Object.values(files)) if (file !== null) checkSecrets(file.value, on(file))

  const erp = erpOf(sources, findings)
  const written = readShape(files.tools, SHAPES.tools, findings)
  const standIn = readShape(files.standIn, SHAPES.standIn, findings)
  const security = readShape(files.security, SHAPES.security, findings)
  const rbac = readShape(files.rbac, SHAPES.rbac, findings)
  const alerts = readShape(files.alerts, SHAPES.alerts, findings)
  const owned = readShape(files.owners, SHAPES.owners, findings)
  const decisions = readShape(files.decisions, SHAPES.decisions, findings)
  const table = decisions !== null && files.decisions !== null ? buildTable(decisions, files.decisions) : null

  if (erp !== null && written !== null) checkUpstream(erp, written, on(files.tools))
  if (written !== null) checkReviewed(written, on(files.tools))
  const toolsFile = erp !== null && written !== null ? declaredTools(erp, written, on(files.tools)) : null
  const tools = erp !== null && toolsFile !== null ? checkTools(erp, toolsFile, on(files.tools)) : null
  if (erp !== null && standIn !== null) checkStandIn(erp, standIn, toolsFile, on(files.standIn))
  if (toolsFile?.reconcile !== undefined && tools !== null) checkReconcile(toolsFile.reconcile, tools, on(files.tools))
  if (rbac !== null && tools !== null) checkRbac(rbac, tools, on(files.rbac))
  if (rbac !== null) checkLimits(rbac, on(files.rbac))
  if (security !== null && rbac !== null) checkSecurity(security, rbac.rbac.roles, on(files.security))
  if (security?.security.guards !== undefined && rbac !== null && tools !== null) {
    checkGuards(security.security.guards, rbac.rbac.roles, tools, on(files.security))
  }
  if (alerts !== null) checkAlerts(alerts, on(files.alerts))
  if (owned !== null) checkOwners(owned, on(files.owners))
  const owners = owned?.owners ?? []
  // Of a file that could not be read its own finding says so.
  const isOwnersKnown = owned !== null || files.owners === null
  if (alerts !== null && isOwnersKnown) checkOwned(alerts, owners, on(files.alerts))
  if (rbac !== null && isOwnersKnown) checkOwnedApprovals(rbac, owners, on(files.rbac))
  if (table !== null && tools !== null && rbac !== null) {
    checkDecisions(table, tools, rbac.rbac.roles, on(files.decisions))
  }

  if (erp === null || toolsFile === null || security === null || rbac === null || alerts === null || table === null)
    return null
  const catalogue: Catalogue = buildCatalogue(erp, toolsFile)
  const byName: Record<string, CatalogueTool> = catalogue.tools
  const config = buildConfig({ rbac, security, alerts, owners }, byName)
  const rego = { ...sources.rego, ...sharedRego }
  return { name, erp, toolsFile, standIn, catalogue, config, decisions: table, rego }
}

/** Stands in for a file that could not be read: nothing is reported on it, its own finding says why. */
const NOWHERE: YamlFile = { path: '', text: '', value: null, locate: () => ({ line: 1, column: 1 }) }
