import { openPolicyCompiler, type PolicyCompiler } from '../../compile/compile.ts'
import { digestOf } from '../../contract/canonical.ts'
import type { Impact } from '../../contract/impact.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import { checkedErps } from '../compare-trees.ts'
import { policyOf, programOf, sameErp } from '../diff/diff.ts'
import { treeAt } from '../tree-at.ts'
import type { LogAccess } from './log-address.ts'
import { inOneRow, type LogLine, logLines } from './log-lines.ts'
import { type ReplayErp, replay } from './replay.ts'
import { replaySide } from './replay-side.ts'

export interface ImpactOptions {
  /** The project, whose working tree is the head. */
  root: string
  /** The commit it is compared with. */
  ref: string
  /** Default: all. */
  erps?: readonly string[]
  /** Paths, https addresses and registries. */
  logs: readonly string[]
  access?: LogAccess
  /** Path of the OPA binary. */
  opa: string
}

/** `missing`: the logs that were not there. Without any there is no impact to speak of: not even none. */
export type ImpactFound = { log: 'none'; missing: string[] } | { log: 'read'; missing: string[]; impact: Impact }

/**
 * Replays logs of decisions through the sources at a ref and through the working tree.
 * @throws RefError, DiffError, LogError
 */
export async function impactOf({ root, ref, erps, logs, access, opa }: ImpactOptions): Promise<ImpactFound> {
  if (logs.length === 0) return { log: 'none', missing: [] }
  const base = await treeAt(root, ref)
  const compiler = await openPolicyCompiler({ compiler: opa })
  try {
    const [before, after] = await Promise.all([checkedErps(base.root, ref), checkedErps(root, 'the working tree')])
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    const wanted = names.filter((name) => erps === undefined || erps.includes(name))
    const { opened, missing } = await openedLogs(logs, { ...access, erps: wanted })
    if (opened.length === 0) return { log: 'none', missing }
    const sides: Record<string, ReplayErp> = {}
    for (const name of wanted) sides[name] = await erpSides(before[name], after[name], compiler, opa)
    const digest = digestOf(wanted.map((name) => [before[name], after[name]].map((checked) => sourcesOf(checked))))
    const others = names.filter((name) => !wanted.includes(name))
    const impact = await replay(inOneRow(opened), { erps: sides, others, digest })
    return impact.coverage.decisions === 0 && impact.not_replayed.length === 0
      ? { log: 'none', missing }
      : { log: 'read', missing, impact }
  } finally {
    await Promise.all([base.remove(), compiler.close()])
  }
}

async function openedLogs(
  logs: readonly string[],
  access: LogAccess,
): Promise<{ opened: AsyncGenerator<LogLine>[]; missing: string[] }> {
  const missing: string[] = []
  const opened: AsyncGenerator<LogLine>[] = []
  for (const source of logs) {
    const lines = await logLines(source, access)
    if (lines === null) missing.push(source)
    else opened.push(lines)
  }
  return { opened, missing }
}

async function erpSides(
  before: CheckedErp | undefined,
  after: CheckedErp | undefined,
  compiler: PolicyCompiler,
  opa: string,
): Promise<ReplayErp> {
  const by = before ?? after
  if (by === undefined) return { base: null, head: null }
  const side = async (checked: CheckedErp): Promise<ReplayErp['base']> =>
    replaySide(checked, await policyOf(checked, compiler), await programOf(checked, opa), by)
  const base = before === undefined ? null : await side(before)
  if (before !== undefined && after !== undefined && sameErp(before, after)) return { base, head: base }
  return { base, head: after === undefined ? null : await side(after) }
}

function sourcesOf(checked: CheckedErp | undefined): string | null {
  if (checked === undefined) return null
  const { rego, catalogue, config } = checked
  return digestOf({ rego, catalogue, config })
}
