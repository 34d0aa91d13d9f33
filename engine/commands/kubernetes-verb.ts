import type { Command } from 'commander'
import type { Registration } from './registration.ts'

/** `alcada kubernetes`. */
export function kubernetesVerb(program: Command, { root, environment, end }: Registration): void {
  program
    .command('kubernetes')
    .description(
      'write servers/kubernetes: for every ERP an overlay of kustomize, on SQLite or with replicas on PostgreSQL',
    )
    .action(async () => {
      const { kubernetes } = await import('./kubernetes.ts')
      end(await kubernetes({ root: root(), environment }))
    })
}
