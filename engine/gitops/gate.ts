import type { ParityReport } from '../compile/parity/parity.ts'
import { hasErrors } from '../compile/project.ts'
import { type Finding, sortFindings } from '../contract/finding.ts'
import { loadTree } from '../load/load.ts'
import { engineDigest, erpDigest, erpNames } from './cache/digests.ts'
import { NO_CACHE, type ResultCache } from './cache/result-cache.ts'
import { changedPaths } from './changed-paths.ts'
import { type AccessDiff, unitedDiff } from './diff/diff.ts'
import { openJudging } from './judging.ts'
import { erpOfPath, kindOfPath } from './risk/kind-of-path.ts'
import { peopleIn } from './risk/owners.ts'
import { type Risk, riskOf } from './risk/risk.ts'
import { treeAt } from './tree-at.ts'

/** What a change comes to: the one thing that CI asks, and that a reviewer reads. */
export interface Verdict {
  /** Sorted. An error among them stops the change, whoever approves it. */
  findings: Finding[]
  diff: AccessDiff
  risk: Risk
}

export interface GateOptions {
  /** The project, whose working tree is judged. */
  root: string
  /** What it is compared with: anything git resolves to a commit. */
  ref: string
  /** Default: all. */
  erps?: readonly string[]
  /** Path of the OPA binary. */
  opa: string
  /** Default: everything is worked out anew. */
  cache?: ResultCache
}

export interface Gated {
  verdict: Verdict
  /** Full name of the commit that was compared with. */
  base: string
  /** Path → text of what has a finding, for code frames. */
  sources: Readonly<Record<string, string>>
  /** Files that differ from the base, from the project root. */
  changed: string[]
  /** What the interpreter and the shipped module were both asked, for each ERP where they were. */
  parity: ParityReport[]
  /** ERPs of which something was worked out, and not found in the cache. */
  worked: string[]
}

/**
 * Judges the working tree against a commit: findings, what anybody may do other than before, and the risk class.
 * @throws RefError when the ref names no commit
 */
export async function runGate({ root, ref, erps, opa, cache = NO_CACHE }: GateOptions): Promise<Gated> {
  await using closing = new AsyncDisposableStack()
  const base = await treeAt(root, ref)
  closing.defer(() => base.remove())
  const engine = await engineDigest(opa)
  const judging = openJudging({ root, base: base.root, opa })
  closing.defer(() => judging.close())
  const here = await erpNames(root)
  const names = (await erpNames(base.root)).concat(here, erps ?? [])
  const worked = new Set<string>()
  const remember = async <T>(name: string, key: unknown, work: () => Promise<T>): Promise<T> => {
    const known = await cache.read([engine, key])
    // What the cache gives was sealed by this machine when this same engine made it.
    if (known !== null) return known as T
    worked.add(name)
    const made = await work()
    await cache.write([engine, key], made)
    return made
  }

  const findings: Finding[] = here.length === 0 ? (await loadTree(root)).findings : []
  const parity: ParityReport[] = []
  const diffs: AccessDiff[] = []
  for (const name of [...new Set(names)].sort().filter((each) => erps === undefined || erps.includes(each))) {
    const [now, then] = [await erpDigest(root, name), await erpDigest(base.root, name)]
    if (now !== null || then === null) {
      const judged = await remember(name, { judged: name, now }, () => judging.judged(name))
      findings.push(...judged.findings)
      if (judged.parity !== null) parity.push(judged.parity)
    }
    // Byte for byte the same: there is nothing to compare.
    if (now !== then) diffs.push(await remember(name, { diff: name, now, then }, () => judging.diff(name)))
  }
  findings.push(...(await peopleIn(root)).findings)
  const all = sortFindings(distinct(findings))
  const paths = await changedPaths(root, base.commit)
  const left = paths.filter((path) => kindOfPath(path) === 'policy' && isLeftOut(path.path, erps))
  const diff = unitedDiff([...diffs, ...left.map(({ path }) => uncompared(path))])
  const changed = paths.map(({ path }) => path)
  const verdict = { findings: all, diff, risk: riskOf(paths, diff) }
  return { verdict, base: base.commit, sources: await textsOf(root, all), changed, parity, worked: [...worked].sort() }
}

/** What needs a person, however good it may be: a finding that is an error, or somebody may do more than before. */
export function needsPerson({ findings, diff }: Verdict): boolean {
  return hasErrors(findings) || diff.wider.length > 0
}

function isLeftOut(path: string, erps: readonly string[] | undefined): boolean {
  const erp = erpOfPath(path)
  return erps !== undefined && (erp === null || !erps.includes(erp))
}

function uncompared(path: string): AccessDiff {
  const sentence = `\`${path}\` changed, and only some ERPs were compared`
  return { ...unitedDiff([]), unreached: [{ erp: erpOfPath(path) ?? '', tool: '', sentence, harmless: false }] }
}

/** What stands in the shared library is found with every ERP, and told once. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()]
}

async function textsOf(root: string, findings: readonly Finding[]): Promise<Record<string, string>> {
  const erps = [...new Set(findings.map(({ file }) => file.split('/')[1] ?? ''))]
  return erps.length === 0 ? {} : (await loadTree(root, erps)).tree.texts
}
