import type { Erp } from './erp.ts'
import type { RecordMap, ToolMap } from './tool.ts'
import type { JsonSchema } from './universal/json-schema.ts'
import type { Permission, SensitiveKind } from './vocabulary.ts'

/** `catalogue.json` of a bundle: erp.yaml and tools.yaml with everything a server needs spelled out. Signed with the bundle. */
export interface Catalogue {
  erp: Erp
  records: Record<string, RecordMap>
  tools: Record<string, CatalogueTool>
}

/** A tool with its schemas filled in from the universal vocabulary. */
export interface CatalogueTool extends ToolMap {
  name: string
  entity: string
  description: string
  input: JsonSchema
  output: JsonSchema
  permission: Permission
  /** True when it moves or creates money. */
  money: boolean
  answerKind: 'list' | 'many' | 'one' | 'raw'
  /** Pointers into the result's `data` (`*` for every element) and their kinds, from the record map. */
  sensitiveFields: { pointer: string; kind: SensitiveKind }[]
}
