import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const folder = join(import.meta.dirname, '..', '..', '.github', 'workflows')

type Step = { uses?: string; run?: string; with?: Record<string, unknown> }
type Workflow = { permissions?: unknown; jobs: Record<string, { permissions?: unknown; steps: Step[] }> }

/** Where a workflow leaves what we ask of each: no rights it does not name, no code that can change, no text of others in a script. */
function faults(text: string): string[] {
  const found: string[] = []
  const workflow: Workflow = parse(text)
  if (JSON.stringify(workflow.permissions) !== '{}') found.push('the workflow has permissions')
  for (const line of text.split('\n').filter((one) => /^\s*(- )?uses:/.test(one))) {
    if (!/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)) found.push(`not pinned: ${line.trim()}`)
  }
  for (const [name, job] of Object.entries(workflow.jobs)) {
    if (job.permissions === undefined) found.push(`${name} does not say what it needs`)
    for (const step of job.steps) {
      if (step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false)
        found.push(`${name} leaves its token in the checkout`)
      if (step.run?.includes('${' + '{')) found.push(`${name} puts text into a script: ${step.run}`)
    }
  }
  return found
}

test.each(readdirSync(folder))('%s keeps to the rules for workflows', (file) => {
  expect(faults(readFileSync(join(folder, file), 'utf8'))).toEqual([])
})

describe('a fault in a workflow is found', () => {
  const sha = '3d3c42e5aac5ba805825da76410c181273ba90b1'
  test.each([
    [`permissions: { contents: write }\njobs: {}`, 'the workflow has permissions'],
    [`jobs: {}`, 'the workflow has permissions'],
    [`permissions: {}\njobs: { a: { steps: [] } }`, 'a does not say what it needs'],
    [
      `permissions: {}\njobs:\n  a:\n    permissions: {}\n    steps:\n      - uses: actions/setup-node@v7`,
      'not pinned: - uses: actions/setup-node@v7',
    ],
    [
      `permissions: {}\njobs:\n  a:\n    permissions: {}\n    steps:\n      - uses: actions/checkout@${sha} # v7.0.1`,
      'a leaves its token in the checkout',
    ],
    [
      `permissions: {}\njobs:\n  a:\n    permissions: {}\n    steps:\n      - run: echo $` + `{{ github.head_ref }}`,
      `a puts text into a script: echo $` + `{{ github.head_ref }}`,
    ],
  ])('%s', (text, fault) => {
    expect(faults(text)).toEqual([fault])
  })
})
