import type { Catalogue } from '../contract/catalogue.ts'
import type { Config } from '../contract/config.ts'
import type { Erp } from '../contract/erp.ts'
import type { StandInFile } from '../contract/stand-in.ts'
import type { WrittenToolsFile } from '../contract/tool.ts'
import type { DecisionTable } from './decision-table.ts'

/** One ERP in which no error was found: everything that compiling needs. */
export interface CheckedErp {
  name: string
  erp: Erp
  toolsFile: WrittenToolsFile
  /** What answers in the ERP's place; null where nothing is described. */
  standIn: StandInFile | null
  catalogue: Catalogue
  config: Config
  decisions: DecisionTable
  /** The ERP's own Rego and the shared one, tests included: path from the project root → text, sorted by path. */
  rego: Record<string, string>
}
