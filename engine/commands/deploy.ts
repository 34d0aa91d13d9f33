import { userInfo } from 'node:os'
import { tellDeploy } from '../access/deploys-client.ts'
import { openContainers } from '../operate/deploy/containers.ts'
import { deploy } from '../operate/deploy/deploy.ts'
import { DeployError } from '../operate/deploy/deploy-error.ts'
import { frontClient } from '../operate/deploy/front-client.ts'
import { type Journal, openJournal } from '../operate/deploy/journal.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { tokenIn } from './token-file.ts'

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
  /** A token of a person with `admin`; null: the ledger is told by a later deploy that has one. */
  tokenFile: string | null
  /** The server's operations listener. */
  ops: string
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
  const journal = openJournal(options.journal, erp)
  try {
    const event = await deploy({
      ...options,
      containers,
      front: frontClient(options.front),
      journal,
      by: userInfo().username,
      trialPorts: { mcp: trialPort, ops: trialPort + 1 },
      say,
    })
    process.stdout.write(`${JSON.stringify(event)}\n`)
    return (await told(options, journal, say)) ? EXIT.done : EXIT.person
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    process.stderr.write(`alcada: ${error.code}: ${error.message}\n`)
    await told(options, journal, say)
    return EXIT.failed
  }
}

/** Has the server that serves now write what became of deploys; what it does not take stays in the journal for the next one. */
async function told(
  { tokenFile, ops }: DeployOptions,
  journal: Journal,
  say: (line: string) => void,
): Promise<boolean> {
  try {
    for (const event of journal.untold()) {
      if (tokenFile === null) {
        say('the ledger is not told: it is once a deploy has --token-file')
        return true
      }
      const entry = await tellDeploy({ ops, token: await tokenIn(tokenFile) }, event)
      journal.told()
      say(`${event.outcome}: ledger entry ${entry}`)
    }
    return true
  } catch (error) {
    say(
      `the ledger is not told, the next deploy tries again: ${error instanceof Error ? error.message : String(error)}`,
    )
    return false
  }
}
