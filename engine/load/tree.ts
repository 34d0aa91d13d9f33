/** A place in a file, both 1-based; columns in UTF-16 code units. */
export interface Place {
  line: number
  column: number
}

/** One YAML file, read strictly. */
export interface YamlFile {
  /** From the project root, with forward slashes. */
  path: string
  text: string
  /** Plain data: what JSON could hold, nothing else. */
  value: unknown
  /**
   * Where a JSON Pointer's key or value stands. A pointer to something that is not there gives the place of its
   * nearest parent, so that "missing" has a place too. Default part: value.
   */
  locate(pointer: string, part?: 'key' | 'value'): Place
}

/** `standIn` is `erps/<erp>/sandbox/stand-in.yaml`, which not every ERP has; the others are named like their files. */
export type SourceName = 'erp' | 'tools' | 'standIn' | 'security' | 'rbac' | 'alerts' | 'owners' | 'decisions'

/** Everything that was written about one ERP. A file is null when it is missing or unreadable: a finding says so, but of a stand-in that is missing. */
export interface ErpSources {
  name: string
  files: Record<SourceName, YamlFile | null>
  /** `policies/<erp>/*.rego` (tests included): path from the project root → text, sorted by path. */
  rego: Record<string, string>
}

/** What stands on disk: erps/, policies/. */
export interface Tree {
  root: string
  /** By name, sorted. */
  erps: Record<string, ErpSources>
  /** `policies/shared/*.rego` (tests included): path from the project root → text, sorted by path. */
  sharedRego: Record<string, string>
  /** Path → text of everything read, for code frames. */
  texts: Record<string, string>
}
