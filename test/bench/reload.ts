import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readCanaries } from '../../engine/contract/canary.ts'
import { connectCaller } from '../helpers/alcada/caller.ts'
import { copyProject } from '../helpers/alcada/project.ts'
import { startUp } from '../helpers/alcada/up.ts'
import { freePort } from '../helpers/free-port.ts'
import { compiledErp, compilerPath, jsonOf } from './compiled.ts'
import { type Figure, median, times } from './figures.ts'

const EDITS = 12
const AMOUNT = 200
const RBAC = 'policies/tryton/rbac.yaml'

/**
 * From the save of a limit to the first decision under it. `up` checks, compiles, judges the table, signs, publishes,
 * verifies and tries the bundle out in between; the peer, `opa run --watch`, reads the file and no more.
 */
export async function reload(root: string): Promise<Figure[]> {
  const [ours, theirs] = [await saved(), await watched(root)]
  return [
    {
      what: `from saving a limit to the first decision under it: median of ${EDITS} (worst)`,
      ours: `${median(ours).toFixed(0)} ms (${Math.max(...ours).toFixed(0)})`,
      peer: `opa run --watch ${median(theirs).toFixed(0)} ms (${Math.max(...theirs).toFixed(0)})`,
      ratio: `${times(median(ours), median(theirs))} the time`,
    },
  ]
}

async function saved(): Promise<number[]> {
  const project = copyProject('tryton')
  const up = await startUp(project.root, ['tryton'])
  const { mcp = '', tokens = {} } = up.erps['tryton'] ?? {}
  const operator = await connectCaller(new URL(mcp), tokens['operator'] ?? '')
  let count = 0
  const allowed = async (): Promise<boolean> => {
    count += 1
    const args = { reference: `B-${count}`, vendor_id: '3', account_id: '1', amount: AMOUNT, date: '2026-12-01' }
    return (await operator.call('create_payment_draft', args)).kind === 'result'
  }
  const limit = (to: string): string =>
    project.read(RBAC).replace(/(create:\n {6}- \{ up_to: )[\d.]+/, (_match, before: string) => `${before}${to}`)
  const took = await edits(allowed, (wanted) => project.write(RBAC, limit(wanted ? '300.00' : '100.00')))
  await operator.close()
  await up.stop()
  project.remove()
  return took
}

async function watched(root: string): Promise<number[]> {
  const compiled = await compiledErp(root, 'tryton')
  const folder = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const plain = [...compiled.files].filter(([name]) => name.endsWith('.rego') || name === 'data.json')
  for (const [name, bytes] of plain) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  const canaries = readCanaries(jsonOf(compiled, 'canaries.json')) ?? []
  const draft = canaries.find(({ input }) => input.tool.name === 'create_payment_draft')
  if (draft === undefined) throw new Error('expected a decision on create_payment_draft in the table')
  const body = JSON.stringify({ input: { ...draft.input, facts: { ...draft.input.facts, amount: AMOUNT * 100 } } })

  const port = await freePort()
  const opa = spawn(await compilerPath(), ['run', '--server', '--watch', '--addr', `127.0.0.1:${port}`, '.'], {
    cwd: folder,
    stdio: 'ignore',
  })
  const ask = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/v1/data/tryton/decision`, { method: 'POST', body })).text()
  while ((await ask().catch(() => '')) === '') await pause(20)
  const data = readFileSync(join(folder, 'data.json'), 'utf8')
  const took = await edits(
    async () => (await ask()).includes('"effect":"allow"'),
    (wanted) => writeFileSync(join(folder, 'data.json'), data.replaceAll('5000000', wanted ? '30000' : '10000')),
  )
  opa.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
  return took
}

/** Milliseconds from each edit until what is asked is answered by it. */
async function edits(allowed: () => Promise<boolean>, edit: (wanted: boolean) => void): Promise<number[]> {
  const took: number[] = []
  for (let count = 0; count < EDITS; count += 1) {
    const wanted = count % 2 === 1
    await pause(200)
    const began = performance.now()
    edit(wanted)
    while ((await allowed()) !== wanted) await pause(2)
    took.push(performance.now() - began)
  }
  return took
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
