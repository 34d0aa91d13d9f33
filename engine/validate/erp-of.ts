import type { Erp } from '../contract/erp.ts'
import type { Finding } from '../contract/finding.ts'
import type { ErpSources } from '../load/tree.ts'
import { reporter } from './place.ts'
import { checkErp } from './references/erp.ts'
import { readShape, SHAPES } from './shape.ts'

/** erp.yaml alone, for who needs to know where an ERP is before anything else is written. Null where it is missing or wrong. */
export function erpOf(
  { name, files }: { name: string; files: Pick<ErpSources['files'], 'erp'> },
  findings: Finding[],
): Erp | null {
  const erp = readShape(files.erp, SHAPES.erp, findings)
  if (erp !== null && files.erp !== null) checkErp(name, erp, reporter(files.erp, findings))
  return erp
}
