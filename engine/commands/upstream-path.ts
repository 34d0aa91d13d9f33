import { delimiter, join } from 'node:path'
import type { Environment } from './environment.ts'

/** Where a program of `kind: mcp` is looked for on a developer's machine: where npm puts them here, then as a shell would. */
export function upstreamPath(root: string, { passed, path }: Environment): string {
  return passed['ALCADA_UPSTREAM_PATH'] || [join(root, 'node_modules', '.bin'), path].join(delimiter)
}
