import { type LocatedFile, parseLocated } from '../../compile/located.ts'
import { isTest } from '../../compile/staging.ts'
import type { Tree } from '../../load/tree.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import type { Mutant } from './mutant.ts'
import { regoMutants } from './rego-mutants.ts'
import { yamlMutants } from './yaml-mutants.ts'

/** A mistake, and the rule or key it stands in. */
export interface Placed {
  mutant: Mutant
  rule: string
}

/**
 * Every mistake that can be made in the Rego of a target and, of an ERP, in its YAML.
 * @returns null where one of the Rego files does not parse
 */
export async function mutantsOf(
  target: string,
  tree: Tree,
  erps: readonly CheckedErp[],
  { opa, dir }: { opa: string; dir: string },
): Promise<Placed[] | null> {
  const [first] = erps
  const own = Object.entries(first?.rego ?? {}).filter(
    ([path]) => !isTest(path) && path.startsWith(`policies/${target}/`),
  )
  const files = await parseLocated(Object.fromEntries(own), opa, dir)
  if (files === null) return null
  const rego = files.flatMap((file) => regoMutants(file).map((mutant) => ({ mutant, rule: ruleOf(file, mutant) })))
  const yaml = erps
    .filter(({ name }) => name === target)
    .flatMap(({ name, config }) =>
      ['rbac', 'security', 'alerts'].flatMap((part) => {
        const path = `policies/${name}/${part}.yaml`
        return yamlMutants(path, tree.texts[path] ?? '', Object.keys(config.rbac.roles)).map((mutant) => ({
          mutant,
          rule: `${mutant.file}:${mutant.line}`,
        }))
      }),
    )
  return [...rego, ...yaml]
}

function ruleOf(file: LocatedFile, { start }: Mutant): string {
  const spans = file.rules.flatMap((rule) => file.spanOf(rule) ?? [])
  const own = spans.find((span) => span.start <= start && start <= span.end)
  return `${file.path}:${own?.line ?? 0}`
}
