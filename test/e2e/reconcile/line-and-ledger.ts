import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReconcileReport } from '../../../engine/operate/reconcile/report.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import type { Line } from '../../helpers/line/line.ts'

/** `alcada reconcile` against a server and its stand-in, since yesterday. */
export interface Comparing {
  run(...more: string[]): Promise<Ran>
  /** `kind: evidence` of what differs about one of these ids, in order of the ids. */
  about(
    ids: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; told: string[]; report: ReconcileReport }>
  remove(): void
}

export function comparing(line: Line, erp: string): Comparing {
  const place = mkdtempSync(join(tmpdir(), 'alcada-reconcile-'))
  const file = join(place, 'token')
  writeFileSync(file, line.alcada.token('viewer', { sub: 'auditor-1', for: 'u80', now: () => Date.now() + 1_000 }))
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const run: Comparing['run'] = (...more) =>
    runAlcada(
      [
        ...['--root', line.alcada.project.root, 'reconcile', erp, '--server', line.alcada.mcp.href],
        ...['--token-file', file, ...(more.includes('--from') ? [] : ['--from', yesterday]), ...more],
      ],
      { ALCADA_STATE_DIR: line.alcada.env['ALCADA_STATE_DIR'] ?? '' },
    )
  return {
    run,
    async about(ids) {
      const { code, out, err } = await run('--format', 'json')
      if (out === '') throw new Error(err)
      const report: ReconcileReport = JSON.parse(out)
      const named = Object.entries(ids).flatMap(([name, id]) =>
        report.differences
          .filter(({ erp: there, ledger }) => (there?.id ?? ledger?.entry) === id)
          .map(({ kind, evidence }) => `${name} ${kind}: ${evidence}`),
      )
      return { code, told: named, report }
    },
    remove: () => rmSync(place, { recursive: true }),
  }
}
