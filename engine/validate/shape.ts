import type { ErrorObject, ValidateFunction } from 'ajv'
import type { Erp } from '../contract/erp.ts'
import type { Finding } from '../contract/finding.ts'
import type { StandInFile } from '../contract/stand-in.ts'
import type { WrittenToolsFile } from '../contract/tool.ts'
import type { YamlFile } from '../load/tree.ts'
import { newAjv } from './ajv.ts'
import { reporter } from './place.ts'
import type { AlertsFile, DecisionsFile, OwnersFile, RbacFile, SecurityFile } from './policy-files.ts'
import { ALERTS_SCHEMA } from './schemas/alerts.ts'
import { ERP_SCHEMA } from './schemas/erp.ts'
import { OWNERS_SCHEMA } from './schemas/owners.ts'
import { DECISIONS_SCHEMA, RBAC_SCHEMA, SECURITY_SCHEMA } from './schemas/policy.ts'
import { STAND_IN_SCHEMA } from './schemas/stand-in.ts'
import { TOOLS_SCHEMA } from './schemas/tools.ts'
import { faultsOf } from './shape-faults.ts'

const ajv = newAjv()

/** The shape of each file, as a guard: past it the data is what its type says. */
export const SHAPES: {
  erp: ValidateFunction<Erp>
  tools: ValidateFunction<WrittenToolsFile>
  standIn: ValidateFunction<StandInFile>
  security: ValidateFunction<SecurityFile>
  rbac: ValidateFunction<RbacFile>
  alerts: ValidateFunction<AlertsFile>
  owners: ValidateFunction<OwnersFile>
  decisions: ValidateFunction<DecisionsFile>
} = {
  erp: ajv.compile<Erp>(ERP_SCHEMA),
  tools: ajv.compile<WrittenToolsFile>(TOOLS_SCHEMA),
  standIn: ajv.compile<StandInFile>(STAND_IN_SCHEMA),
  security: ajv.compile<SecurityFile>(SECURITY_SCHEMA),
  rbac: ajv.compile<RbacFile>(RBAC_SCHEMA),
  alerts: ajv.compile<AlertsFile>(ALERTS_SCHEMA),
  owners: ajv.compile<OwnersFile>(OWNERS_SCHEMA),
  decisions: ajv.compile<DecisionsFile>(DECISIONS_SCHEMA),
}

/** The file's data when its shape is right; otherwise null, and every fault becomes a finding. */
export function readShape<T>(file: YamlFile | null, guard: ValidateFunction<T>, findings: Finding[]): T | null {
  if (file === null) return null
  const value = file.value
  if (guard(value)) return value
  const errors: ErrorObject[] = guard.errors ?? []
  const report = reporter(file, findings)
  for (const { pointer, part, fault } of faultsOf(errors)) {
    if (part === 'key') report.atKey(pointer, fault)
    else report.at(pointer, fault)
  }
  return null
}
