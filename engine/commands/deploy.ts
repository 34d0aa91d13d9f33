import { userInfo } from 'node:os'
import { openContainers } from '../operate/deploy/containers.ts'
import { deploy } from '../operate/deploy/deploy.ts'
import { DeployError } from '../operate/deploy/deploy-error.ts'
import { frontClient } from '../operate/deploy/front-client.ts'
import { openJournal } from '../operate/deploy/journal.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface DeployOptions {
  erp: string
  image: string
  container: string
  docker: string
  front: string
  journal: string
  trialPort: number
  attempts: number
  everyMs: number
  watchMs: number
  dryRun: boolean
}

/** `alcada deploy ERP --image TAG`: the new image serves, or the one before it does as before. */
export async function deployVerb(options: DeployOptions): Promise<ExitCode> {
  const { erp, image, container, dryRun, trialPort } = options
  const containers = openContainers(options.docker)
  const say = (line: string): void => void process.stderr.write(`${erp}: ${line}\n`)
  if (dryRun) {
    const [before, there] = [await containers.imageOf(container), await containers.hasImage(image)]
    say(
      `\`${container}\` runs ${before ?? 'nowhere'}; \`${image}\` is ${there ? 'here' : 'not here'}; nothing was changed`,
    )
    return before !== null && there ? EXIT.done : EXIT.failed
  }
  try {
    const event = await deploy({
      ...options,
      containers,
      front: frontClient(options.front),
      journal: openJournal(options.journal, erp),
      by: userInfo().username,
      trialPorts: { mcp: trialPort, ops: trialPort + 1 },
      say,
    })
    process.stdout.write(`${JSON.stringify(event)}\n`)
    return EXIT.done
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    process.stderr.write(`alcada: ${error.code}: ${error.message}\n`)
    return EXIT.failed
  }
}
