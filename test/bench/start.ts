import { copyProject } from '../helpers/alcada/project.ts'
import { startUp } from '../helpers/alcada/up.ts'
import type { Figure } from './figures.ts'

/** From the command to the line that says it is ready: checked, built, stand-ins and servers up. The compiler is there. */
export async function start(): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const erps of [['tryton'], ['nibo', 'omie', 'tryton']]) {
    const project = copyProject(erps)
    const first = await ready(project.root)
    const again = await ready(project.root)
    const ours = `first ${first.toFixed(0)} ms, again ${again.toFixed(0)} ms`
    figures.push({
      what: `start of up, ${erps.length} ERP${erps.length === 1 ? '' : 's'}`,
      ours,
      peer: null,
      ratio: null,
    })
    project.remove()
  }
  return figures
}

async function ready(root: string): Promise<number> {
  const began = performance.now()
  const up = await startUp(root, [])
  const took = performance.now() - began
  await up.stop()
  return took
}
