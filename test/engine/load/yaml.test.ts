import { describe, expect, test } from 'vitest'
import { readYaml } from '../../../engine/load/yaml.ts'

function codes(text: string): string[] {
  return readYaml('x.yaml', text).findings.map(({ code, line, column }) => `${code} ${line}:${column}`)
}

function value(text: string): unknown {
  return readYaml('x.yaml', text).file?.value
}

describe('what two readers could take differently is refused', () => {
  test.each([
    ['a leading zero', 'a: 012\n', 'YAML_NUMBER 1:4'],
    ['an underscore', 'a: 1_000\n', 'YAML_NUMBER 1:4'],
    ['more digits than a double holds', 'a: 12345678901234567890\n', 'YAML_NUMBER 1:4'],
    ['infinity', 'a: .inf\n', 'YAML_NUMBER 1:4'],
    ['not a number', 'a: .nan\n', 'YAML_NUMBER 1:4'],
    ['a number past every double', 'a: 1e999\n', 'YAML_NUMBER 1:4'],
    ['hexadecimal', 'a: 0x10\n', 'YAML_NUMBER 1:4'],
    ['octal', 'a: 0o17\n', 'YAML_NUMBER 1:4'],
    ['a plus sign', 'a: +1\n', 'YAML_NUMBER 1:4'],
    ['a key that is a number', '1: x\n', 'YAML_KEY 1:1'],
    ['a key that is a list', '? [a]\n: 1\n', 'YAML_KEY 1:3'],
    ['a key that reaches a prototype', '__proto__: { a: 1 }\n', 'YAML_KEY 1:1'],
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', 'YAML_DUPLICATE_KEY 3:1'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'YAML_TAB 2:1'],
    ['an alias to nothing', 'a: *nope\n', 'YAML_ALIAS 1:4'],
    ['a local tag', 'a: !secret x\n', 'YAML_TAG 1:4'],
    ['a directive', '%YAML 1.1\n---\na: yes\n', 'YAML_SYNTAX 1:1'],
    ['an open bracket', 'a: [1, 2\n', 'YAML_SYNTAX 2:1'],
    ['a file of comments', '# nothing\n', 'FILE_EMPTY 1:1'],
    ['a file that says null', '~\n', 'FILE_EMPTY 1:1'],
  ])('%s', (_, text, expected) => {
    expect(codes(text)).toEqual([expected])
  })

  test('aliases that would grow without end are refused where they stand, and never expanded', () => {
    const lines = ['a0: &a0 [x, x]', ...Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`)]
    const found = codes(`${lines.join('\n')}\n`)
    expect(found.slice(0, 2)).toEqual(['YAML_ALIAS 1:5', 'YAML_ALIAS 2:5'])
    expect(found).toHaveLength(121)
  })

  test('a megabyte of opening brackets is one finding, not a crash', () => {
    expect(codes('['.repeat(1_000_000))).toEqual(['YAML_SYNTAX 1:1'])
  })

  test('forty levels of maps are a finding', () => {
    const text = Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')
    expect(readYaml('x.yaml', `${text} 1\n`).findings[0]).toMatchObject({ code: 'YAML_SYNTAX', line: 33 })
  })
})

describe('what is plain is taken as it stands', () => {
  test('dates, yes and no stay text; numbers and booleans are what JSON has', () => {
    expect(value('a: 2026-11-25\nb: yes\nc: off\nd: 1000.00\ne: -2.5e3\nf: true\ng: ~\n')).toEqual({
      a: '2026-11-25',
      b: 'yes',
      c: 'off',
      d: 1000,
      e: -2500,
      f: true,
      g: null,
    })
  })

  test('an odd number in quotes is text', () => {
    expect(value('cnpj: "00012345678901"\n')).toEqual({ cnpj: '00012345678901' })
  })

  test('a document start line is allowed', () => {
    expect(value('---\na: 1\n')).toEqual({ a: 1 })
  })
})

describe('every pointer has its place', () => {
  const text = 'a:\n  b: [1, { c: 2 }]\n  d:\n  e/f~g: é€😀\n'
  const file = readYaml('x.yaml', text).file

  test.each([
    ['/a/b/1/c', 'value', 2, 15],
    ['/a/b/1/c', 'key', 2, 12],
    ['/a/b/0', 'value', 2, 7],
    ['/a/d', 'key', 3, 3],
    ['/a/e~1f~0g', 'value', 4, 10],
    ['', 'value', 1, 1],
  ] as const)('%s (%s)', (pointer, part, line, column) => {
    expect(file?.locate(pointer, part)).toEqual({ line, column })
  })

  test('what is missing is placed at the key it would stand under', () => {
    expect(file?.locate('/a/zz/y')).toEqual({ line: 1, column: 1 })
    expect(file?.locate('/a/b/7')).toEqual({ line: 2, column: 3 })
  })

  test('lines that end in CR LF count the same', () => {
    expect(readYaml('x.yaml', 'a: 1\r\nb:\r\n  c: 2\r\n').file?.locate('/b/c')).toEqual({ line: 3, column: 6 })
  })
})
