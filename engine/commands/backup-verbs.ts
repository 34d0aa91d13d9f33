import type { Command } from 'commander'
import { format, whole } from './options.ts'
import type { Registration } from './registration.ts'

interface BackupFlags {
  to: string
  prune: boolean
  days: number
  format: 'text' | 'json'
}

interface RestoreFlags {
  stop?: string
  start?: string
  signedBy?: string
  format: 'text' | 'json'
}

/** `alcada backup` and `alcada restore`. */
export function backupVerbs(program: Command, { root, environment, end }: Registration): void {
  program
    .command('backup')
    .description("everything of one ERP's server, checksummed, while it runs: <to>/<erp>/<erp>_YYYYMMDD_HHMMSS")
    .argument('<erp>')
    .option('--to <folder>', 'where backups are kept', '/backups')
    .option('--prune', 'then remove those that are too old; the newest stays', false)
    .option('--days <n>', 'how old is too old', whole, 30)
    .addOption(format())
    .action(async (erp: string, { prune, days, ...options }: BackupFlags) => {
      const { backup } = await import('./backup.ts')
      end(await backup({ root: root(), environment, erp, pruneDays: prune ? days : null, ...options }))
    })
  program
    .command('restore')
    .description('a backup in the place of the state of a server that is stopped; money waits for a reconciliation')
    .argument('<erp>')
    .argument('<from>', 'folder of the backup')
    .option('--stop <command>', 'stops the service first, such as "systemctl stop alcada-omie"')
    .option('--start <command>', 'starts it afterwards, whatever came of it')
    .option(
      '--signed-by <file>',
      'where neither trust.json nor the state here knows the key that signed it: what `audit key ERP --format json` says there',
    )
    .addOption(format())
    .action(async (erp: string, from: string, options: RestoreFlags) => {
      const { restore } = await import('./restore.ts')
      end(await restore({ root: root(), environment, erp, from, ...options }))
    })
}
