import { expect, test } from 'vitest'
import { openMeasure } from '../../../../engine/operate/load-test/measure.ts'
import { barPlot, linePlot } from '../../../../engine/operate/load-test/plot.ts'
import type { LoadReport } from '../../../../engine/operate/load-test/report.ts'
import { loadHtml } from '../../../../engine/operate/load-test/report-html.ts'

function report(): LoadReport {
  const measure = openMeasure()
  const usual = { role: 'viewer', tool: 'get_<b>', tookMs: 10, users: 1 }
  measure.add({ ...usual, standing: 'success', kind: null, atMs: 100 })
  measure.add({ ...usual, standing: 'failed', kind: 'erp_<script>', atMs: 1_100 })
  return {
    ...{ erp: 'omie', target: 'http://127.0.0.1:4100/mcp?a&b', server: 'own', began: '2026-11-23T15:00:00.000Z' },
    ...{ users: 1, usersByRole: { viewer: 1 }, durationS: 60, rampS: 1, perSecond: 1, hitsFrom: 'server' },
    run: { ...measure.told(), tookS: 2, unanswered: 0, stopped: true },
    thresholds: [
      { alert: 'error_rate', severity: 'critical', measured: 0.5, threshold: 0.05, unit: 'ratio', met: false },
    ],
  }
}

test('says what was measured, in one file that fetches and runs nothing', () => {
  const html = loadHtml(report())
  expect(html).toContain('<b>stopped before 60 s</b>')
  expect(html).toContain('<span class="bad">not met</span></td><td>error rate</td><td>50 %</td><td>5 %</td>')
  expect(html).toContain('<td>erp_&lt;script&gt;</td><td>failed</td><td>1</td><td>get_&lt;b&gt; 1</td>')
  expect(html).toContain('http://127.0.0.1:4100/mcp?a&amp;b')
  expect(html.match(/<svg /g)).toHaveLength(3)
  expect(html).not.toMatch(/<script|<link|<img|\ssrc=|\shref=|url\(|@import/)
})

test('a bar is as high as its value beside the others', () => {
  const heights = barPlot([
    { label: '≤ 1 ms', value: 4 },
    { label: '≤ 2 ms', value: 2 },
  ]).match(/<rect [^>]*height="([\d.]+)"/g)
  expect(heights?.map((one) => one.match(/ height="([\d.]+)"/)?.[1])).toEqual(['188', '94'])
})

test('a line goes from the first second to the last', () => {
  const plot = linePlot([
    {
      ...{ label: 'calls', colour: '#000000' },
      points: [
        { x: 0, y: 0 },
        { x: 10, y: 8 },
      ],
    },
  ])
  expect(plot).toContain('points="60,212 890,24"')
})
