import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'
import type { BandEntry, RbacFile } from '../policy-files.ts'
import { checkRole } from './rbac.ts'

/** Conditions of bands and what stands beside them in rbac.yaml: classes, roles and dates that make sense. */
export function checkLimits({ rbac }: RbacFile, report: Reporter): void {
  const { alcada = {}, counterparty_classes = {}, roles, substitutes = [] } = rbac
  for (const [effect, bands] of Object.entries(alcada)) {
    for (const [index, band] of bands.entries()) {
      const at = pointerOf('rbac', 'alcada', effect, index)
      checkCondition(band, effect, at, Object.keys(counterparty_classes), roles, report)
    }
  }
  for (const [index, { role, from, until }] of substitutes.entries()) {
    const at = pointerOf('rbac', 'substitutes', index)
    checkRole(role, roles, `${at}/role`, report)
    checkDates(from, until, `${at}/until`, report)
  }
}

function checkCondition(
  band: BandEntry,
  effect: string,
  at: string,
  classes: readonly string[],
  roles: RbacFile['rbac']['roles'],
  report: Reporter,
): void {
  for (const [index, role] of (band.caller_roles ?? []).entries()) {
    checkRole(role, roles, `${at}${pointerOf('caller_roles', index)}`, report)
  }
  const name = band.counterparty_class
  if (name !== undefined && !classes.includes(name)) {
    const message = `class \`${name}\` is not defined under \`counterparty_classes\``
    report.at(`${at}/counterparty_class`, { code: 'CLASS_UNKNOWN', message, help: suggest(name, classes, 'class') })
  }
  if (band.day_total !== undefined && effect !== 'settle') {
    const message = `a total of the day counts what is settled, and \`${effect}\` settles nothing`
    const help = 'write `day_total` in a band under `settle`'
    report.at(`${at}/day_total`, { code: 'TOTAL_OF_NOTHING', message, help })
  }
  checkDates(band.valid_from, band.valid_until, `${at}/valid_until`, report)
}

function checkDates(from: string | undefined, until: string | undefined, at: string, report: Reporter): void {
  if (from === undefined || until === undefined || from <= until) return
  const message = `expected a day that is not before \`${from}\`, got \`${until}\``
  report.at(at, { code: 'DATES_REVERSED', message, help: 'the first day stands first; the last one counts' })
}
