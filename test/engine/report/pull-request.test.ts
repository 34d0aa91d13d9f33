import fc from 'fast-check'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { describe, expect, test } from 'vitest'
import { markdownCode, markdownTable, markdownText } from '../../../engine/report/markdown.ts'
import { MAX_BODY, type PullReport, pullSummary } from '../../../engine/report/pull-request.ts'
import { CHECKLIST, pullBody, withSummary } from '../../../engine/report/pull-request-body.ts'
import { PULL_REPORT } from '../../helpers/pull-report.ts'

/** As GitHub reads it: CommonMark with its extensions. */
const html = (text: string): string =>
  micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true })

describe('somebody else’s text is shown and does nothing', () => {
  const cell = (text: string): string => html(markdownTable(['a', 'b'], [[markdownText(text), markdownCode(text)]]))
  test.each([
    '<img src=x onerror=alert(1)>',
    '<!-- alcada:summary -->',
    '[click](https://evil.example)',
    '![x](https://evil.example/pixel.png)',
    'https://evil.example and www.evil.example and a@evil.example',
    '@everyone and @acme/owners',
    '#12 and GH-12 and acme/policies#12',
    '| a | b |\n| --- | --- |\n\n# Approved',
    '`code` **bold** _it_ ~~no~~ $x$ \\| \\',
    '&lt;b&gt; &#64;all',
    '\u202egnp.exe\u0007',
    ':+1: - [x] done',
  ])('%j', (text) => {
    const rendered = cell(text)
    expect(rendered.match(/<td>/g)).toHaveLength(2)
    expect(rendered).not.toMatch(/<(a|img|strong|em|del|h1|input|!--)\b|<!--/)
    expect(markdownText(text)).not.toMatch(/@\w|#\d|gh-\d|:\/\/|[\p{Cc}\u202e]/iu)
  })

  test('whatever it is, a table keeps its one row of two cells without markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const rendered = cell(text)
        expect(rendered.match(/<t[dh]>/g)).toHaveLength(4)
        expect(rendered.replace(/<\/?(table|thead|tbody|tr|th|td|code)>/g, '')).not.toMatch(/<[a-z!/]/i)
      }),
      { numRuns: 300 },
    )
  })

  test('what was written is what is read', () => {
    expect(html(markdownText('R$ 5.000,00 (create_payment) <ok> 5 > 4 & so')).replace(/<\/?p>/g, '')).toBe(
      'R$ 5.000,00 (create_payment) &lt;ok&gt; 5 &gt; 4 &amp; so',
    )
  })
})

describe('the summary', () => {
  const { verdict } = PULL_REPORT
  const told = (change: Partial<PullReport>): string => pullSummary({ ...PULL_REPORT, ...change })

  test('says first what it comes to, then why, then whose approval is needed', () => {
    expect(told({}).split('\n').slice(0, 6)).toEqual([
      '### ⚠️ Somebody may do more than before',
      '',
      '- 1 change lets somebody do more',
      '- 1 change lets somebody do less',
      '',
      '**Who has to approve:** one of `approver`, `author`, the second group, who neither opened it nor committed to it, after its last commit',
    ])
  })

  test.each<[string, Partial<PullReport['verdict']>]>([
    [
      '⛔ Cannot be merged yet: 1 mistake to mend',
      { findings: [{ code: 'X', severity: 'error', file: 'f', line: 1, column: 1, message: 'm', help: 'h' }] },
    ],
    [
      '⚠️ Changes what decides, checks or approves',
      { diff: { ...verdict.diff, wider: [] }, risk: { class: 'code', reasons: [], second_group: true } },
    ],
    ['⚠️ May let somebody do more than before', { diff: { ...verdict.diff, wider: [] } }],
    [
      '✅ Nobody may do more than before; somebody may do less',
      { diff: { ...verdict.diff, wider: [] }, risk: { class: 'narrowing', reasons: [], second_group: false } },
    ],
    [
      '✅ Nobody may do anything other than before',
      { diff: { ...verdict.diff, wider: [] }, risk: { class: 'neutral', reasons: [], second_group: false } },
    ],
  ])('%s', (headline, change) => {
    expect(told({ verdict: { ...verdict, ...change } })).toContain(`### ${headline}\n`)
  })

  test.each([
    [
      { people: [], listed: 0 },
      'at least two people have to be listed in `.github/approvers.yaml` on the default branch, and nobody is: until then nothing can be published',
    ],
    [{ people: ['author'], listed: 1 }, 'and one is: until then nothing can be published'],
    [{ people: [], listed: 2 }, 'somebody of the second group, in which nobody is listed'],
  ])('with %j listed it says %s', (approvers, words) => {
    expect(told({ approvers })).toContain(words)
  })

  test('without a log it says so, and never that there is no impact', () => {
    expect(told({ impact: null })).toContain('No decision log yet, so this could not be tried out on past calls.')
  })

  test('past calls that were refused and no longer would be come first', () => {
    const text = told({})
    expect(text).toContain('| **refused before, and no longer** | operator, create\\_payment on omie')
    expect(text.indexOf('refused before')).toBeLessThan(text.indexOf('| other approvals |'))
    expect(text).toContain('412 of 415 decisions in the log were tried out (2026-10-01 to 2026-10-31).')
  })

  test('what is long is shortened, counted, and within what GitHub takes', () => {
    const line = { erp: 'omie', sentence: `operator ${'may '.repeat(100)}`, count: 1 }
    const wider = Array.from({ length: 5_000 }, () => line)
    const text = told({ verdict: { ...verdict, diff: { ...verdict.diff, wider, unreached: wider } } })
    expect(text.length).toBeLessThanOrEqual(MAX_BODY)
    expect(text).toMatch(/… and 49\d\d more, which do not fit here\./)
    expect(text).toContain('**Who has to approve:**')
    const body = pullBody('why '.repeat(15_000), {
      ...PULL_REPORT,
      verdict: { ...verdict, diff: { ...verdict.diff, wider } },
    })
    expect(body.length).toBeLessThanOrEqual(MAX_BODY)
  })
})

test('a text without the summary’s marks gets it at its end, once', () => {
  const once = withSummary('Typed in the browser.', PULL_REPORT)
  expect(once).toMatch(/^Typed in the browser\.\n\n<!-- alcada:summary -->\n### ⚠️/)
  expect(withSummary(once, PULL_REPORT)).toBe(once)
})

test('the template for the browser asks the same of a reviewer', async () => {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(new URL('../../../.github/pull_request_template.md', import.meta.url), 'utf8')
  expect(text.match(/^- \[ \] .*$/gm)).toEqual(CHECKLIST.map((line) => `- [ ] ${line}`))
})
