import { readVisible } from '../../contract/decision.ts'
import { openModule } from '../../contract/evaluate.ts'
import { withoutPlaces } from '../../contract/unreadable-data.ts'
import { resultIn } from '../../contract/wasm-instance.ts'
import { type OutcomeTable, outcomeTable } from './outcome-table.ts'
import { type ArgumentsGuard, argumentsGuard, type Prepared, preparation } from './prepare.ts'
import { type Answers, contextsOf, type Pair, type SideSource, type Work } from './side.ts'
import { changedKeys } from './unreached.ts'

export interface PairAnswers {
  base: Answers
  head: Answers
}

/**
 * Decides every context on both sides as a server does: hidden tools, arguments and records are judged before the policy
 * is asked. Where only keys of the configuration changed, one decision that has not looked at them is both sides' answer.
 * @param progress told how many contexts are decided
 */
export async function decidePair(
  { base, head }: Pair,
  work: Work,
  progress: (decided: number) => void = () => undefined,
): Promise<PairAnswers> {
  const validArgs = argumentsGuard()
  const known = outcomeTable()
  const sides = [await openSide(base, known, validArgs), await openSide(head, known, validArgs)] as const
  const either = base === null || head === null ? null : await openEither(base, head)
  const ids = [new Uint32Array(contextsOf(work)), new Uint32Array(contextsOf(work))] as const
  const roles = work.roles.map((each) => JSON.stringify(each))
  let at = 0
  for (const { tool, cases } of work.jobs) {
    // A tool that is the same asks both policies the same.
    const alike = sides[0].likeness(tool) === sides[1].likeness(tool)
    const prepared = cases.map(({ call, given }): [Prepared, Prepared] => {
      const after = sides[1].prepare(tool, call, given)
      return [alike ? after : sides[0].prepare(tool, call, given), after]
    })
    either?.begin()
    for (const role of roles) {
      for (const [before, after] of prepared) {
        const [was, is] = [sides[0].early(tool, before, role), sides[1].early(tool, after, role)]
        const text = alike && was === null && is === null ? (either?.ask(textOf(after, role)) ?? null) : null
        const both = text === null ? null : known.idOfText(text)
        ids[0][at] = was ?? both ?? sides[0].decide(textOf(before, role))
        ids[1][at] = is ?? both ?? sides[1].decide(textOf(after, role))
        at += 1
        for (const opened of [...sides, either]) if (opened?.broken() === true) await opened.mend()
      }
      progress(at)
    }
  }
  return { base: { outcomes: known.outcomes, ids: ids[0] }, head: { outcomes: known.outcomes, ids: ids[1] } }
}

interface Side {
  /** All that a call of this tool is prepared by, as text; of a side that is not there, like no other. */
  likeness(tool: string): string | null
  prepare: ReturnType<typeof preparation>
  /** What is answered without asking for a decision; null where one is needed. */
  early(tool: string, prepared: Prepared, role: string): number | null
  decide(text: string): number
  broken(): boolean
  mend(): Promise<void>
}

function textOf({ before, after }: Prepared, role: string): string {
  return `{${before}${role}}${after}`
}

async function openSide(source: SideSource | null, known: OutcomeTable, validArgs: ArgumentsGuard): Promise<Side> {
  if (source === null) {
    const absent = known.idOf({ effect: 'deny', codes: ['erp_absent'] })
    const nothing: Prepared = { before: '', after: '', judged: { id: absent, first: true } }
    return {
      likeness: () => null,
      prepare: () => nothing,
      early: () => absent,
      decide: () => absent,
      broken: () => false,
      mend: async () => undefined,
    }
  }
  const { checked, wasm } = source
  const opened = await openModule({ wasm, data: { config: checked.config }, erp: checked.name })
  const hidden = known.idOf({ effect: 'deny', codes: ['tool_hidden'] })
  /** Role → caller without it → tools. */
  const visible = new Map<string, Map<string, ReadonlySet<string>>>()
  let { instance } = opened
  let failed = false
  const ask = (entrypoint: number, text: string): string | null => {
    try {
      return instance.evaluateText(entrypoint, text)
    } catch {
      failed = true
      return null
    }
  }
  const seenBy = (caller: string, role: string): ReadonlySet<string> => {
    const byCaller = visible.get(role) ?? new Map<string, ReadonlySet<string>>()
    visible.set(role, byCaller)
    const known = byCaller.get(caller)
    if (known !== undefined) return known
    const text = ask(opened.entrypoints.visible, `{${caller}${role}}}`)
    const seen = new Set(text === null ? [] : readVisible(resultIn(text)))
    byCaller.set(caller, seen)
    return seen
  }
  return {
    likeness: (tool) =>
      JSON.stringify([
        checked.catalogue.tools[tool] ?? null,
        checked.config.rbac.tools[tool] ?? null,
        checked.config.security.guards?.hours?.zone ?? null,
      ]),
    prepare: preparation(checked, known.idOf, validArgs),
    early(tool, { before, judged }, role) {
      if (judged?.first === true) return judged.id
      return seenBy(before, role).has(tool) ? (judged?.id ?? null) : hidden
    },
    decide: (text) => known.idOfText(ask(opened.entrypoints.decision, text)),
    broken: () => failed,
    async mend() {
      instance = await opened.again()
      failed = false
    },
  }
}

/** A module in which nobody can look at what changed. */
interface Either {
  /** Of the next tool nothing is known yet. */
  begin(): void
  /** What both sides answer; null where that depends on what changed. */
  ask(text: string): string | null
  broken(): boolean
  mend(): Promise<void>
}

/** So many tools that all look at what changed: the others will too. */
const GIVEN_UP = 4

/** Null where the sides differ in more than values of the configuration. */
async function openEither(base: SideSource, head: SideSource): Promise<Either | null> {
  if (!Buffer.from(base.wasm).equals(head.wasm)) return null
  const paths = changedKeys({ config: base.checked.config }, { config: head.checked.config })
  const data = withoutPlaces({ config: base.checked.config }, paths)
  if (data === null || withoutPlaces({ config: head.checked.config }, paths) === null) return null
  const opened = await openModule({ wasm: head.wasm, data, erp: head.checked.name }, paths)
  let { instance } = opened
  let failed = false
  let looks = false
  let looking = 0
  return {
    begin() {
      looks = false
    },
    ask(text) {
      if (looks || looking >= GIVEN_UP) return null
      try {
        const answer = instance.evaluateText(opened.entrypoints.decision, text)
        looking = 0
        return answer
      } catch {
        failed = true
        looks = true
        looking += 1
        return null
      }
    },
    broken: () => failed,
    async mend() {
      instance = await opened.again()
      failed = false
    },
  }
}
