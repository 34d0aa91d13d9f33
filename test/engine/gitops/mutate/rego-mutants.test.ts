import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parseLocated } from '../../../../engine/compile/located.ts'
import { changedLines, type Mutant, mutated, sampled } from '../../../../engine/gitops/mutate/mutant.ts'
import { regoMutants } from '../../../../engine/gitops/mutate/rego-mutants.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alcada-test-mutants-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function mutantsIn(...lines: string[]): Promise<{ text: string; mutants: Mutant[] }> {
  const text = ['package planted', '', ...lines, ''].join('\n')
  const files = await parseLocated({ 'policies/shared/planted.rego': text }, inject('compiler'), dir)
  return { text, mutants: (files ?? []).flatMap((file) => regoMutants(file)) }
}

async function changesOf(...lines: string[]): Promise<string[]> {
  const { text, mutants } = await mutantsIn(...lines)
  return mutants.map((mutant) => `${mutant.kind}: ${changedLines(text, mutant).after.join(' ')}`)
}

test('a comparison is moved by one and turned round, a number is one off, a condition is left out', async () => {
  const changes = await changesOf('small if input.facts.amount <= 500')
  expect(changes).toEqual([
    'condition dropped: small if true',
    'operator: small if input.facts.amount < 500',
    'operator: small if input.facts.amount > 500',
    'number: small if input.facts.amount <= 501',
    'number: small if input.facts.amount <= 499',
  ])
})

test('a negation is dropped, a default is flipped, a role is another one', async () => {
  const changes = await changesOf('default ok := false', '', 'ok if not "auditor" in input.caller.roles')
  expect(changes).toContain('constant: default ok := true')
  expect(changes).toContain('negation dropped: ok if "auditor" in input.caller.roles')
  expect(changes).toContain('text: ok if not "auditor~" in input.caller.roles')
  expect(changes).toContain('rule dropped: ')
})

test('set operations are exchanged, elements of sets and lists are left out', async () => {
  const changes = await changesOf(
    'both := {"a", "b"} & input.caller.roles',
    '',
    'all := object.union_n([x, y])',
    '',
    'x := {}',
    '',
    'y := {}',
  )
  expect(changes).toContain('operator: both := {"a", "b"} | input.caller.roles')
  expect(changes).toContain('element dropped: both := {"b"} & input.caller.roles')
  expect(changes).toContain('element dropped: all := object.union_n([x])')
})

test('the words beside the code of a reason are for people, and left alone', async () => {
  const changes = await changesOf('deny["late"] := "too late" if not early', '', 'early if input.time.hour < 18')
  expect(changes.filter((change) => change.startsWith('text'))).toEqual([
    'text: deny["late~"] := "too late" if not early',
  ])
})

test('places are of the file, in lines and columns, past other files and letters with accents', async () => {
  const first = 'package first\n\n# ação\nok if input.args.note == "ção"\n'
  const second =
    'package second\n\n# METADATA\n# title: x\nok if {\n\t"é" == input.args.note; input.facts.rows > 3\n}\n'
  const files = await parseLocated({ 'a.rego': first, 'b.rego': second }, inject('compiler'), dir)
  const [, mutants = []] = (files ?? []).map((file) => regoMutants(file))
  const number = mutants.find(({ kind }) => kind === 'number')
  expect(number).toMatchObject({ file: 'b.rego', line: 6, column: 45, replacement: '4' })
  expect(mutated(second, number ?? fail())).toContain('"é" == input.args.note; input.facts.rows > 4')
})

test('a sample is the same for the same seed, and in the order of the file', async () => {
  const found = await mutantsIn('small if input.facts.amount <= 500', '', 'large if input.facts.amount > 500')
  const mutants = found.mutants.map((mutant) => ({ mutant }))
  expect(sampled(mutants, 3, 7)).toEqual(sampled(mutants, 3, 7))
  expect(sampled(mutants, 3, 7)).toHaveLength(3)
  expect(sampled(mutants, 3, 7)).not.toEqual(sampled(mutants, 3, 9))
  expect(sampled(mutants, 1_000, 7)).toEqual(mutants)
})

function fail(): never {
  throw new Error('expected a mutant of a number')
}
