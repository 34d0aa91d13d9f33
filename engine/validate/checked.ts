import type { Catalogue } from '../contract/catalogue.ts'
import type { Config } from '../contract/config.ts'
import type { Erp } from '../contract/erp.ts'
import type { WrittenToolsFile } from '../contract/tool.ts'
import type { DecisionTable } from './decision-table.ts'

/** One ERP in which no error was found: everything that compiling needs. */
export interface CheckedErp {
  name: string
  erp: Erp
  toolsFile: WrittenToolsFile
  catalogue: Catalogue
  config: Config
  decisions: DecisionTable
  /** The ERP's own Rego and the shared one, tests included: path from the project root → text, sorted by path. */
  rego: Record<string, string>
}
