import type { CatalogueTool } from '../../contract/catalogue.ts'
import { centavosOf } from '../../contract/money.ts'
import { stricter } from '../../contract/permission.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import type { BandEntry, RbacFile } from '../policy-files.ts'
import { matchesPattern } from '../tool-pattern.ts'
import { checkApprovals } from './approvals.ts'

/** rbac.yaml: roles, callers, tool patterns and bands name what exists and only ever narrow. */
export function checkRbac(file: RbacFile, tools: Readonly<Record<string, CatalogueTool>>, report: Reporter): void {
  const { roles, callers = {}, tools: patterns = {}, alcada = {}, budgets = {}, revoked = {} } = file.rbac
  checkAbstainers(file, report)
  if (file.rbac.approvals !== undefined) checkApprovals(file.rbac.approvals, report)
  for (const [id, caller] of Object.entries(callers)) {
    for (const [index, role] of caller.roles.entries()) {
      checkRole(role, roles, pointerOf('rbac', 'callers', id, 'roles', index), report)
    }
  }
  for (const role of Object.keys(budgets)) checkRole(role, roles, pointerOf('rbac', 'budgets', role), report)
  for (const [pattern, { permission }] of Object.entries(patterns)) checkPattern(pattern, permission, tools, report)
  for (const [index, role] of (revoked.roles ?? []).entries()) {
    checkRole(role, roles, pointerOf('rbac', 'revoked', 'roles', index), report)
  }
  for (const [index, pattern] of (revoked.tools ?? []).entries()) {
    checkMatched(pattern, tools, (finding) => report.at(pointerOf('rbac', 'revoked', 'tools', index), finding))
  }
  for (const [effect, bands] of Object.entries(alcada))
    checkBands(bands, pointerOf('rbac', 'alcada', effect), roles, report)
}

/** A role that is named is defined. */
export function checkRole(role: string, roles: Readonly<Record<string, unknown>>, at: string, report: Reporter): void {
  if (Object.hasOwn(roles, role)) return
  const message = `role \`${role}\` is not defined in rbac.yaml`
  report.at(at, { code: 'ROLE_UNKNOWN', message, help: suggest(role, Object.keys(roles), 'role') })
}

/** Who consents or looks on does not act: `approver` and `auditor` hold no tool permission (design, S3). */
function checkAbstainers(file: RbacFile, report: Reporter): void {
  for (const role of ['approver', 'auditor']) {
    const permissions = file.rbac.roles[role]?.permissions ?? []
    if (permissions.length === 0) continue
    const message = `expected no permission for \`${role}\`, got \`${permissions.join(', ')}\``
    const help = 'write `permissions: []`, and give the person a second role for calls'
    report.at(pointerOf('rbac', 'roles', role, 'permissions'), { code: 'ROLE_HOLDS_PERMISSION', message, help })
  }
}

/** A pattern that fits no tool is a slip of the pen: what was meant is not narrowed. */
function checkMatched(
  pattern: string,
  tools: Readonly<Record<string, CatalogueTool>>,
  tell: (finding: { code: string; message: string; help: string }) => void,
): CatalogueTool[] {
  const matched = Object.values(tools).filter((tool) => matchesPattern(pattern, tool.name))
  if (matched.length === 0) {
    const message = `no tool of this ERP matches \`${pattern}\``
    tell({ code: 'TOOL_PATTERN_UNMATCHED', message, help: suggest(pattern, Object.keys(tools), 'tool') })
  }
  return matched
}

type Patterns = NonNullable<RbacFile['rbac']['tools']>

function checkPattern(
  pattern: string,
  permission: Patterns[string]['permission'],
  tools: Readonly<Record<string, CatalogueTool>>,
  report: Reporter,
): void {
  const at = pointerOf('rbac', 'tools', pattern)
  const matched = checkMatched(pattern, tools, (finding) => report.atKey(at, finding))
  const looser = matched.find((tool) => stricter(tool.permission, permission) !== permission)
  if (looser !== undefined) {
    const message = `\`${pattern}\` asks for \`${permission}\`, but \`${looser.name}\` already asks for \`${looser.permission}\``
    report.at(`${at}/permission`, {
      code: 'TOOL_PATTERN_LOOSENS',
      message,
      help: 'a pattern only ever makes stricter: raise it, or match fewer tools',
    })
  }
}

function checkBands(
  bands: readonly BandEntry[],
  at: string,
  roles: Readonly<Record<string, unknown>>,
  report: Reporter,
): void {
  const lasts = new Map<string, number>()
  for (const [index, band] of bands.entries()) {
    const base = `${at}${pointerOf(index)}`
    const centavos = centavosOf(band.up_to) ?? 0
    const meant = meantFor(band)
    const last = lasts.get(meant) ?? 0
    if (centavos <= last) {
      const message = `expected more than the band before it, got \`${band.up_to}\``
      report.at(`${base}/up_to`, {
        code: 'BANDS_NOT_RISING',
        message,
        help: 'sort the bands by `up_to`: the first that holds the amount counts',
      })
    }
    lasts.set(meant, Math.max(last, centavos))
    if (decimalsOf(report, `${base}/up_to`) > 2) {
      const message = `expected at most two decimals, got \`${lexemeAt(report, `${base}/up_to`)}\``
      report.at(`${base}/up_to`, {
        code: 'MONEY_MALFORMED',
        message,
        help: 'the point stands before the centavos, not between thousands: 1000.00',
      })
    }
    // Facts hold one currency's centavos; a band in another could never hold an amount.
    if (band.currency !== 'BRL') {
      const message = `expected \`BRL\`, got \`${band.currency}\``
      report.at(`${base}/currency`, { code: 'CURRENCY_UNKNOWN', message, help: 'amounts are compared in BRL only' })
    }
    if (band.approvers > 0 && (band.roles ?? []).length === 0) {
      const message = `${band.approvers} approval${band.approvers === 1 ? '' : 's'} asked for, but no role may give them`
      report.atKey(base, { code: 'BAND_WITHOUT_ROLES', message, help: 'add `roles: [approver]`' })
    }
    for (const [position, role] of (band.roles ?? []).entries())
      checkRole(role, roles, `${base}${pointerOf('roles', position)}`, report)
  }
}

/** Bands for other calls are another ladder: each rises for itself. */
function meantFor({ caller_roles, counterparty_class, cost_centers, valid_from, valid_until }: BandEntry): string {
  return JSON.stringify([caller_roles, counterparty_class, cost_centers, valid_from, valid_until])
}

/** `1.000` is one in YAML, and a thousand in Brazil: the text tells what was meant. */
function decimalsOf(report: Reporter, pointer: string): number {
  return /^[0-9]+\.([0-9]+)/.exec(lexemeAt(report, pointer))?.[1]?.length ?? 0
}

function lexemeAt(report: Reporter, pointer: string): string {
  const { line, column } = report.file.locate(pointer)
  const text = report.file.text.split('\n')[line - 1] ?? ''
  return /^[^\s,}#]*/.exec(text.slice(column - 1))?.[0] ?? ''
}
