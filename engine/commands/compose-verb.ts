import type { Command } from 'commander'
import type { Registration } from './registration.ts'

/** `alcada compose`. */
export function composeVerb(program: Command, { root, environment, end }: Registration): void {
  program
    .command('compose')
    .description('write servers/compose.production.yaml: a service, a network, volumes and a secret for every ERP')
    .action(async () => {
      const { compose } = await import('./compose.ts')
      end(await compose({ root: root(), environment }))
    })
}
