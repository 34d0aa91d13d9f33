import type { ChangedPath } from '../changed-paths.ts'
import type { AccessDiff } from '../diff/diff.ts'
import { kindOfPath } from './kind-of-path.ts'

/** How much a change can do, rising: who has to agree follows from it. */
export type RiskClass = 'neutral' | 'narrowing' | 'widening' | 'code'

export interface Risk {
  class: RiskClass
  /** One sentence each, never empty: a reviewer reads why. */
  reasons: string[]
  /** Somebody of the second group has to approve. */
  second_group: boolean
}

/** What the paths and the access diff come to. What could not be compared counts as wider. */
export function riskOf(paths: readonly ChangedPath[], diff: AccessDiff): Risk {
  const code = codeReasons(paths)
  const wide = wideningReasons(diff)
  const narrow = narrowingReasons(diff)
  if (code.length > 0) return { class: 'code', reasons: [...code, ...wide, ...narrow], second_group: true }
  if (wide.length > 0) return { class: 'widening', reasons: [...wide, ...narrow], second_group: true }
  if (narrow.length > 0) return { class: 'narrowing', reasons: narrow, second_group: false }
  const reason = paths.length === 0 ? 'nothing changed' : 'nobody may do anything that they might not before'
  return { class: 'neutral', reasons: [reason], second_group: false }
}

const SHOWN = 5

function codeReasons(paths: readonly ChangedPath[]): string[] {
  const code = paths.filter((path) => kindOfPath(path) === 'code')
  const named = code.slice(0, SHOWN).map(({ path, link }) => {
    if (link) return `\`${path}\` is or was a link: what stands behind it is not what is reviewed`
    return `\`${path}\` changed, which ${whatItDecides(path)}`
  })
  const more = code.length - named.length
  return more > 0 ? [...named, `${more} more files of that kind changed`] : named
}

const DECIDES: readonly [RegExp, string][] = [
  [/^engine\//, 'is part of the engine that proves and builds policies'],
  [/^servers\//, 'is part of the servers that enforce them'],
  [/^\.github\/approvers\.yaml$/, 'says who may approve'],
  [/(^|\/)CODEOWNERS$/, 'says who is asked to review'],
  [/^\.github\//, 'decides what GitHub runs'],
  [/^\.ci\//, 'decides what is asked of a change'],
  [/^package(-lock)?\.json$|^\.npmrc$/, 'decides which code is installed'],
  [/^erps\//, 'stands beside the description of an ERP'],
]

function whatItDecides(path: string): string {
  return DECIDES.find(([pattern]) => pattern.test(path))?.[1] ?? 'is not known to be harmless'
}

function wideningReasons({ wider, obligations, catalogue, unreached }: AccessDiff): string[] {
  const looser = obligations.filter(({ loosens }) => loosens).length
  const unseen = unreached.filter(({ harmless }) => !harmless).length
  return [
    ...counted(wider.length, 'change lets somebody do more', 'changes let somebody do more'),
    ...counted(looser, 'change asks for less consent or hides less', 'changes ask for less consent or hide less'),
    ...counted(catalogue.length, 'change of what an ERP is', 'changes of what an ERP is'),
    ...counted(unseen, 'change that no context reaches', 'changes that no context reaches'),
  ]
}

function narrowingReasons({ narrower, obligations }: AccessDiff): string[] {
  const tighter = obligations.filter(({ loosens }) => !loosens).length
  return [
    ...counted(narrower.length, 'change lets somebody do less', 'changes let somebody do less'),
    ...counted(tighter, 'change asks for more consent or hides more', 'changes ask for more consent or hide more'),
  ]
}

function counted(count: number, one: string, many: string): string[] {
  if (count === 0) return []
  return [count === 1 ? `1 ${one}` : `${count} ${many}`]
}
