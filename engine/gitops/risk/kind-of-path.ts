import type { ChangedPath } from '../changed-paths.ts'

/** What a changed file can do. */
export type PathKind =
  /** It decides what the programs, the gate or GitHub do: nobody can tell from a matrix of decisions what that comes to. */
  | 'code'
  /** Its effect is what the access diff says. */
  | 'policy'
  /** Nothing that is enforced is made of it. */
  | 'neutral'

/** Only what is known to be harmless is neutral: a file nobody thought of is code. */
export function kindOfPath({ path, link }: ChangedPath): PathKind {
  if (link) return 'code'
  if (/^policies\/[^/]+\/[^/]+\.(yaml|rego)$/.test(path)) return 'policy'
  if (/^erps\/[^/]+\/[^/]+\.yaml$/.test(path)) return 'policy'
  if (/^(policies|test)\//.test(path) || /^erps\/[^/]+\/(sandbox\/|README\.md$)/.test(path)) return 'neutral'
  return NEUTRAL.some((pattern) => pattern.test(path)) ? 'neutral' : 'code'
}

const NEUTRAL: readonly RegExp[] = [
  /^[^/]+\.md$/,
  /^(LICENSE|\.gitignore|biome\.json)$/,
  /^docs\/.*\.(md|png|svg)$/,
  /^engine\/([^/]+\/)*[^/]+\.md$/,
  /^servers\/([^/]+\/)*[^/]+\.md$/,
  /^\.github\/(images\/.*\.png|pull_request_template\.md|ISSUE_TEMPLATE\/.*\.md)$/,
]

/** The ERP whose sources a file belongs to; null: those of all, or of none. */
export function erpOfPath(path: string): string | null {
  const [, folder, name] = /^(policies|erps)\/([^/]+)\//.exec(path) ?? []
  return name === undefined || (folder === 'policies' && name === 'shared') ? null : name
}
