import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openResultCache } from '../../engine/gitops/cache/result-cache.ts'
import { runGate } from '../../engine/gitops/gate.ts'
import { committed } from '../engine/gitops/repository.ts'
import { copyAsWritten, type TestProject } from '../helpers/alcada/project.ts'
import { compilerPath } from './compiled.ts'
import { type Figure, times } from './figures.ts'

const SIZES = [3, 10, 100]
const FROM = ['tryton', 'omie', 'nibo'] as const

/**
 * The whole gate over so many ERP folders, everything worked out anew, and again with one folder changed: what did not
 * change is found in the cache, by the digest of all that it was made of.
 */
export async function gate(sizes: readonly number[] = SIZES): Promise<Figure[]> {
  const opa = await compilerPath()
  const figures: Figure[] = []
  for (const size of sizes) {
    const project = await projectOf(size)
    const place = mkdtempSync(join(tmpdir(), 'alcada-bench-gate-'))
    const cache = await openResultCache({ folder: join(place, 'cache'), keyFile: join(place, 'gate.key') })
    const timed = async (worked: number): Promise<number> => {
      const began = performance.now()
      const gated = await runGate({ root: project.root, ref: 'HEAD', opa, cache })
      if (gated.worked.length !== worked) throw new Error(`expected ${worked} ERPs worked out, got ${gated.worked}`)
      if (gated.verdict.findings.length > 0) throw new Error(JSON.stringify(gated.verdict.findings[0]))
      return performance.now() - began
    }
    const cold = await timed(size)
    const same = await timed(0)
    project.replace('policies/tryton_0/security.yaml', ' retention_days: 90', ' retention_days: 80')
    const one = await timed(1)
    const words = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
    figures.push({
      what: `the gate over ${size} ERP folders, one of them changed`,
      ours: words(one),
      peer: `everything anew ${words(cold)}, nothing changed ${words(same)}`,
      ratio: `${times(one, cold)} the time`,
    })
    project.remove()
    rmSync(place, { recursive: true })
  }
  return figures
}

/** A repository with our ERPs under so many names. */
async function projectOf(size: number): Promise<TestProject> {
  const project = copyAsWritten([])
  for (let index = 0; index < size; index += 1) {
    const from = FROM[index % FROM.length] ?? 'tryton'
    const name = `${from}_${index}`
    const source = copyAsWritten(from)
    for (const folder of ['erps', 'policies']) {
      for (const file of readdirSync(join(source.root, folder, from))) {
        if (!/\.(yaml|rego)$/.test(file)) continue
        const text = source.read(`${folder}/${from}/${file}`)
        const renamed = file.endsWith('.rego')
          ? text.replaceAll(new RegExp(`\\b${from}\\b`, 'g'), name)
          : text.replace(new RegExp(`^name: ${from}$`, 'm'), `name: ${name}`)
        project.write(`${folder}/${name}/${file}`, renamed)
      }
    }
    source.remove()
  }
  await committed(project)
  return project
}
