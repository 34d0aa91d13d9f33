import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RUNBOOK } from '../../engine/contract/alert-runbook.ts'
import { ALERT_NAMES } from '../../engine/contract/config-alerts.ts'

const README = readFileSync(new URL('../../policies/README.md', import.meta.url), 'utf8')

/** Cells of the row that is about this alert. */
function rowOf(code: string): string[] {
  const row = README.split('\n').find((line) => new RegExp(`^\\| \`${code}(\\.threshold)?\``).test(line))
  return (row ?? '').split('|').map((cell) => cell.trim())
}

test.each(Object.entries(RUNBOOK))('the runbook line of %s is the one that notices tell', (code, { en }) => {
  expect(rowOf(code)[3]).toBe(en.first)
})

test('every alert of alerts.yaml has its line', () => {
  expect(Object.keys(RUNBOOK)).toEqual([...ALERT_NAMES, 'alerts_failed', 'server_gone'])
})

test.each(Object.keys(RUNBOOK))('%s is tried: a test brings it about and follows the notice to its line', (code) => {
  const named = [...(rowOf(code)[4] ?? '').matchAll(/`(e2e\/alerts\/)?(\w+)`/g)].map(([, , name]) => name)
  const texts = named
    .map((name) => new URL(`../e2e/alerts/${name}.test.ts`, import.meta.url))
    .filter((file) => existsSync(file))
  expect(texts.map((file) => readFileSync(file, 'utf8')).join('')).toMatch(new RegExp(`'${code}'|#${code}\\b`))
})

test('what is in both languages is said in both', () => {
  for (const { pt, en } of Object.values(RUNBOOK)) {
    expect(pt.first.length).toBeGreaterThan(20)
    expect(en.first.length).toBeGreaterThan(20)
    expect(pt.title).not.toBe(en.title)
  }
})
