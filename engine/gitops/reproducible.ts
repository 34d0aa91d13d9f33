import type { CompiledErp } from '../compile/compile.ts'
import { hasErrors } from '../compile/project.ts'
import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import { sha256 } from '../contract/canonical.ts'
import type { Finding } from '../contract/finding.ts'

/**
 * Two builds of the same sources, by two compilers, have the same bytes; if not, nobody can tell by building it again
 * that a published bundle is what was reviewed.
 */
export function reproducible(first: CompiledErp, second: CompiledErp): Finding[] {
  // With an error nothing is published, and what the tables find may leave rows out of the canaries.
  if (hasErrors(first.findings)) return []
  const names = [...new Set([...first.files.keys(), ...second.files.keys()])].sort()
  const differing = names.filter((name) => digest(first, name) !== digest(second, name))
  if (differing.length === 0) return []
  return [
    {
      code: 'BUILD_NOT_REPRODUCIBLE',
      severity: 'error',
      file: `policies/${first.name}/decision.rego`,
      line: 1,
      column: 1,
      message: `two builds of \`${first.name}\` from the same sources differ in ${differing.map((name) => `\`${name}\``).join(', ')}`,
      help: differing.includes(BUNDLE_FILES.wasm)
        ? 'run `alcada check` with the pinned OPA (unset ALCADA_OPA): what is published has to be what anybody can build again'
        : 'what is published has to be what anybody can build again: report it with the sources',
    },
  ]
}

function digest({ files }: CompiledErp, name: string): string {
  const bytes = files.get(name)
  return bytes === undefined ? '' : sha256(bytes)
}
