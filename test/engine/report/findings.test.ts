import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../engine/contract/finding.ts'
import { formatFindings } from '../../../engine/report/findings.ts'

const ROLE: Finding = {
  code: 'ROLE_UNKNOWN',
  severity: 'error',
  file: 'policies/omie/rbac.yaml',
  line: 3,
  column: 12,
  message: 'role `operador` is not defined in rbac.yaml',
  help: 'did you mean `operator`?',
}
const WEBHOOK: Finding = {
  code: 'WEBHOOK_PLACEHOLDER',
  severity: 'warning',
  file: 'policies/omie/alerts.yaml',
  line: 1,
  column: 1,
  message: 'this webhook is a placeholder: nothing is sent',
  help: 'write `webhook: secret:NAME`',
}
const SOURCES = { 'policies/omie/rbac.yaml': 'rbac:\n  callers:\n    roles: [operador]\n  tools: {}\n' }

describe('text', () => {
  test('a finding has its place, its words, a code frame with a caret, and what to do', () => {
    expect(formatFindings([ROLE], 'text', { sources: SOURCES })).toBe(
      [
        'policies/omie/rbac.yaml:3:12 error ROLE_UNKNOWN',
        '  role `operador` is not defined in rbac.yaml',
        '  1 | rbac:',
        '  2 |   callers:',
        '  3 |     roles: [operador]',
        '    |            ^',
        '  help: did you mean `operator`?',
        '',
        '1 error in 1 file',
        '',
      ].join('\n'),
    )
  })

  test.each([
    [[], 'no findings\n'],
    [[WEBHOOK], '1 warning in 1 file\n'],
    [[ROLE, WEBHOOK], '1 error and 1 warning in 2 files\n'],
    [[ROLE, ROLE, WEBHOOK, WEBHOOK], '2 errors and 2 warnings in 2 files\n'],
  ])('the last line counts in words (%#)', (findings, last) => {
    expect(formatFindings(findings, 'text').endsWith(last)).toBe(true)
  })

  test('findings are sorted by file, line and column, however they come', () => {
    const text = formatFindings([{ ...ROLE, line: 9 }, ROLE, WEBHOOK], 'text')
    expect(text.match(/^\S+:\d+:\d+/gm)).toEqual([
      'policies/omie/alerts.yaml:1:1',
      'policies/omie/rbac.yaml:3:12',
      'policies/omie/rbac.yaml:9:12',
    ])
  })

  test('colour only where it is asked for', () => {
    expect(formatFindings([ROLE], 'text', { sources: SOURCES })).not.toContain('\u001b')
    expect(formatFindings([ROLE], 'text', { sources: SOURCES, colour: true })).toContain(
      '\u001b[31merror\u001b[39m ROLE_UNKNOWN',
    )
  })

  test('a terminal obeys nothing that stands in a file or a message', () => {
    const sources = { [ROLE.file]: 'a\n\u001b[2Jb\n    roles: [x\u202ey]\n' }
    const text = formatFindings([{ ...ROLE, message: 'role `\u0007\u001b]0;x` is unknown' }], 'text', { sources })
    expect(text).toContain('role `\\u0007\\u001b]0;x` is unknown')
    expect(text).toContain('  2 | \\u001b[2Jb')
    expect([...text].filter((character) => character < ' ' && character !== '\n')).toEqual([])
  })

  test('a line of a megabyte is shown around the caret only', () => {
    const sources = { [ROLE.file]: `\n\n${'x'.repeat(500_000)}Y${'z'.repeat(500_000)}` }
    const lines = formatFindings([{ ...ROLE, column: 500_001 }], 'text', { sources }).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120)
    const [shown = '', caret = ''] = lines.filter((line) => /^ {2}[ 0-9]+ \|/.test(line)).slice(-2)
    expect(shown[caret.indexOf('^')]).toBe('Y')
  })

  test('a place past the end of the file has no frame', () => {
    expect(formatFindings([{ ...ROLE, line: 90 }], 'text', { sources: SOURCES })).not.toContain('|')
  })

  test('the line of a secret is not printed', () => {
    const sources = { [ROLE.file]: 'a\nb\nkey: hush-hush\n' }
    expect(formatFindings([{ ...ROLE, code: 'SECRET_LITERAL' }], 'text', { sources })).not.toContain('hush-hush')
  })
})

test('json holds exactly the promised keys', () => {
  expect(JSON.parse(formatFindings([ROLE], 'json'))).toEqual({ findings: [ROLE] })
  expect(formatFindings([], 'json')).toBe('{"findings":[]}\n')
})

describe('github', () => {
  test('an annotation for each finding', () => {
    expect(formatFindings([ROLE, WEBHOOK], 'github')).toBe(
      '::warning file=policies/omie/alerts.yaml,line=1,col=1,title=WEBHOOK_PLACEHOLDER::this webhook is a placeholder: nothing is sent; write `webhook: secret:NAME`\n' +
        '::error file=policies/omie/rbac.yaml,line=3,col=12,title=ROLE_UNKNOWN::role `operador` is not defined in rbac.yaml; did you mean `operator`?\n',
    )
  })

  test('no message and no file name starts a command of its own', () => {
    const hostile = { ...ROLE, file: 'policies/a,b:c%/rbac.yaml', message: 'x\r\n::set-output name=a::b 100%' }
    expect(formatFindings([hostile], 'github')).toBe(
      '::error file=policies/a%2Cb%3Ac%25/rbac.yaml,line=3,col=12,title=ROLE_UNKNOWN::x%0D%0A::set-output name=a::b 100%25; did you mean `operator`?\n',
    )
  })
})

describe('junit', () => {
  test('an error is a failed case, a warning a passed one that says something', () => {
    expect(formatFindings([ROLE, WEBHOOK], 'junit')).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites name="alcada check" tests="2" failures="1" errors="0">',
        '  <testsuite name="policies/omie/alerts.yaml" tests="1" failures="0" errors="0" skipped="0">',
        '    <testcase name="WEBHOOK_PLACEHOLDER 1:1" classname="policies/omie/alerts.yaml" file="policies/omie/alerts.yaml" line="1">',
        '      <system-out>policies/omie/alerts.yaml:1:1 this webhook is a placeholder: nothing is sent&#10;help: write `webhook: secret:NAME`</system-out>',
        '    </testcase>',
        '  </testsuite>',
        '  <testsuite name="policies/omie/rbac.yaml" tests="1" failures="1" errors="0" skipped="0">',
        '    <testcase name="ROLE_UNKNOWN 3:12" classname="policies/omie/rbac.yaml" file="policies/omie/rbac.yaml" line="3">',
        '      <failure type="ROLE_UNKNOWN" message="role `operador` is not defined in rbac.yaml">policies/omie/rbac.yaml:3:12 role `operador` is not defined in rbac.yaml&#10;help: did you mean `operator`?</failure>',
        '    </testcase>',
        '  </testsuite>',
        '</testsuites>',
        '',
      ].join('\n'),
    )
  })

  test('no findings are one passed case', () => {
    expect(formatFindings([], 'junit')).toContain('<testsuites name="alcada check" tests="1" failures="0" errors="0">')
  })

  test('markup and characters that XML does not know are made harmless', () => {
    const text = formatFindings([{ ...ROLE, message: '</failure>&"\u0000\ud800' }], 'junit')
    expect(text).toContain('message="&lt;/failure&gt;&amp;&quot;\ufffd\ufffd"')
  })
})
