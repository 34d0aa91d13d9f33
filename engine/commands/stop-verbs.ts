import type { Command } from 'commander'
import { format } from './options.ts'
import type { Registration } from './registration.ts'

interface StopFlags {
  tokenFile: string
  ops: string
  format: 'text' | 'json'
}

/** `alcada stops` with its verbs: a client of a server's operations listener. */
export function stopVerbs(program: Command, { end }: Pick<Registration, 'end'>): void {
  const stops = program.command('stops').description('emergency stops in force: see them, end one early, as a person')
  stopVerb('list', 'what is stopped, until when, by whom and why')
  stopVerb('end', 'ask for its end before its time: it ends when a second person asks too').argument('<id>')

  function stopVerb(verb: 'list' | 'end', what: string): Command {
    const command = stops.command(verb).description(what)
    return command
      .requiredOption(
        '--token-file <file>',
        "an administrator's, of `alcada token issue --human --approvals`; `-`: stdin",
      )
      .option('--ops <url>', "the server's operations listener", 'http://127.0.0.1:9090')
      .addOption(format())
      .action(async (...given: unknown[]) => {
        const { stopsVerb } = await import('./stops.ts')
        const [id] = given
        end(await stopsVerb({ id: verb === 'end' && typeof id === 'string' ? id : null, ...command.opts<StopFlags>() }))
      })
  }
}
