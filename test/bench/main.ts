import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { calls } from './calls.ts'
import { decide } from './decide.ts'
import { detection } from './detection.ts'
import { entries } from './entries.ts'
import { type Figure, table } from './figures.ts'
import { gate } from './gate.ts'
import { limits } from './limits.ts'
import { masking } from './masking.ts'
import { matrix } from './matrix.ts'
import { metrics } from './metrics.ts'
import { parts } from './parts.ts'
import { production } from './production.ts'
import { proof } from './proof.ts'
import { reload } from './reload.ts'
import { start } from './start.ts'
import { tenants } from './tenants.ts'
import { traces } from './traces.ts'

// Figures beside a peer's of the same run, on the same machine. None is judged here: how fast is fast enough depends on
// the machine, and a test that says so fails on a busy one.

const root = fileURLToPath(new URL('../..', import.meta.url))
const sections: Record<string, () => Promise<Figure[]>> = {
  decide: () => decide(root),
  calls,
  entries,
  metrics,
  traces,
  parts,
  limits,
  masking,
  detection,
  reload: () => reload(root),
  proof: () => proof(root),
  start,
  tenants,
  matrix,
  gate,
  production,
}

const wanted = process.argv.slice(2)
const figures: Figure[] = []
for (const [name, measure] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stderr.write(`${name}\n`)
  figures.push(...(await measure()))
}
process.stdout.write(`Node ${process.version}, ${cpus().length} CPUs (${cpus()[0]?.model ?? 'unknown'})\n\n`)
process.stdout.write(table(figures))
