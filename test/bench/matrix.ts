import { fileURLToPath } from 'node:url'
import { BUNDLE_FILES } from '../../engine/contract/bundle-claims.ts'
import type { Catalogue } from '../../engine/contract/catalogue.ts'
import { situations } from '../../engine/gitops/diff/contexts.ts'
import { decidePair } from '../../engine/gitops/diff/decide.ts'
import { matrix as compared } from '../../engine/gitops/diff/matrix.ts'
import { amountOf, type SideSource } from '../../engine/gitops/diff/side.ts'
import { startThreads } from '../../engine/gitops/diff/threads.ts'
import { loadTree } from '../../engine/load/load.ts'
import type { CheckedErp } from '../../engine/validate/checked.ts'
import { validateTree } from '../../engine/validate/validate.ts'
import { compiledErp } from './compiled.ts'
import { type Figure, times } from './figures.ts'

const TOOLS = 200
const CASES = 20
const MORE_ROLES = ['payables', 'receivables', 'treasury', 'controller']

/** Ten roles, 200 tools and 20 situations, decided and compared on both sides of a raised limit: 80 000 decisions. */
export async function matrix(): Promise<Figure[]> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const wasm = Uint8Array.from((await compiledErp(root, 'omie')).files.get(BUNDLE_FILES.wasm) ?? [])
  const base = enlarged(validateTree((await loadTree(root, ['omie'])).tree).erps['omie'] as CheckedErp)
  const head = structuredClone(base)
  const band = head.config.rbac.alcada.settle?.[0]
  if (band !== undefined) band.up_to = 500_000
  const configs = [base.config, head.config]
  const jobs = Object.values(base.catalogue.tools).map((tool) => {
    const call = base.decisions.examples[tool.name]
    if (call === undefined) throw new Error(`expected an example of ${tool.name}`)
    const cases = situations({ tool, call, amount: amountOf(base, tool.name, call), configs, rules: [] })
    return { tool, cases: cases.slice(0, CASES) }
  })
  const roles = Object.keys(base.config.rbac.roles).map((role) => [role])
  const work = { jobs: jobs.map(({ tool, cases }) => ({ tool: tool.name, cases })), roles }
  const sides = [base, head].map(
    ({ catalogue, config }): SideSource => ({ checked: { name: 'omie', catalogue, config }, wasm }),
  )
  const [one, other] = sides
  if (one === undefined || other === undefined) return []
  const pair = { base: one, head: other }
  const threads = startThreads()
  // In the gate the threads start while the policies are compiled.
  await threads.decide(pair, { jobs: work.jobs.slice(0, 2), roles: roles.slice(0, 1) })
  const both = await timed(async () => {
    const { contexts, wider } = compared({ erp: 'omie', jobs, roles, ...(await threads.decide(pair, work)) })
    if (contexts !== TOOLS * CASES * 10 || wider.length === 0) throw new Error(`got ${contexts} and ${wider.length}`)
  })
  await threads.close()
  const turn = await timed(async () => {
    // Against nobody: each side by itself, so that nothing is taken for both.
    for (const side of sides) await decidePair({ base: null, head: side }, work)
  })
  const words = ({ ms, cpuMs }: Took): string => `${(ms / 1000).toFixed(2)} s (CPU ${(cpuMs / 1000).toFixed(2)} s)`
  return [
    {
      what: `ten roles × ${TOOLS} tools × ${CASES} situations, decided on both sides and compared`,
      ours: words(both),
      peer: `one side after the other ${words(turn)}`,
      ratio: `${times(both.ms, turn.ms)} the time`,
    },
  ]
}

interface Took {
  ms: number
  cpuMs: number
}

async function timed(work: () => Promise<void>): Promise<Took> {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { ms: performance.now() - began, cpuMs: (user + system) / 1000 }
}

/** The same ERP with more tools, each as one it has, and more roles. */
function enlarged(checked: CheckedErp): CheckedErp {
  const copy = structuredClone(checked)
  const names = Object.keys(copy.catalogue.tools)
  const tools: Catalogue['tools'] = copy.catalogue.tools
  for (let index = names.length; index < TOOLS; index += 1) {
    const from = names[index % names.length] ?? ''
    const name = `${from}_${index}`
    const [tool, example] = [tools[from], copy.decisions.examples[from]]
    const [facts, permission] = [copy.config.tools[from], copy.config.rbac.tools[from]]
    if (tool === undefined || example === undefined || facts === undefined || permission === undefined) continue
    tools[name] = { ...tool, name }
    copy.decisions.examples[name] = example
    copy.config.tools[name] = facts
    copy.config.rbac.tools[name] = permission
  }
  for (const role of MORE_ROLES) copy.config.rbac.roles[role] = ['read', 'write']
  return copy
}
