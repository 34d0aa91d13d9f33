import type { Command } from 'commander'
import { port } from './options.ts'
import type { Registration } from './registration.ts'

interface Flags {
  image: string
  container?: string
  docker: string
  front?: string
  journal: string
  trialPort: string
  attempts: string
  every: string
  watch: string
  dryRun?: boolean
  tokenFile?: string
  ops: string
}

/** `alcada deploy`. */
export function deployVerbs(program: Command, { end }: Registration): void {
  program
    .command('deploy')
    .description("exchange the image of one ERP's server, without a refused request, or go back to the one before it")
    .argument('<erp>')
    .requiredOption('--image <tag>', 'what is to serve; pulled or built already')
    .option('--container <name>', 'what serves now (default: alcada-<erp>-1, as Compose names it)')
    .option('--docker <socket>', 'the socket of Docker or Podman', '/var/run/docker.sock')
    .option('--front <socket>', "the control socket of this ERP's front (default: servers/front/<erp>/control.sock)")
    .option('--journal <dir>', 'what is under way and what was done', '.alcada/deploys')
    .option('--trial-port <port>', 'first of two free ports, where containers share the network of the host', '18080')
    .option('--attempts <count>', 'looks at the health of a trial', '30')
    .option('--every <seconds>', 'between them', '2')
    .option('--watch <seconds>', 'how long the new one is watched after the switch', '20')
    .option(
      '--token-file <file>',
      "an administrator's, of `alcada token issue --human --approvals`: the entry in the ledger is that person's",
    )
    .option('--ops <url>', "the server's operations listener", 'http://127.0.0.1:9090')
    .option('--dry-run', 'only say what there is')
    .action(async (erp: string, flags: Flags) => {
      const { deployVerb } = await import('./deploy.ts')
      end(
        await deployVerb({
          ...{ erp, image: flags.image, docker: flags.docker, journal: flags.journal },
          container: flags.container ?? `alcada-${erp}-1`,
          front: flags.front ?? `servers/front/${erp}/control.sock`,
          trialPort: port(flags.trialPort),
          attempts: Number(flags.attempts),
          everyMs: Number(flags.every) * 1_000,
          watchMs: Number(flags.watch) * 1_000,
          tokenFile: flags.tokenFile ?? null,
          ops: flags.ops,
          dryRun: flags.dryRun === true,
        }),
      )
    })
}
