import { type Command, Option } from 'commander'
import { format } from './options.ts'
import type { Registration } from './registration.ts'

interface RotateFlags {
  company?: string
  dropOld?: boolean
  format: 'text' | 'json'
}

interface LoginFlags {
  company: string
  redirectUri: string
  paste?: boolean
  format: 'text' | 'json'
}

/** `alcada credentials` with its verbs. No value is ever an argument: those are seen by everybody on the machine. */
export function credentialVerbs(program: Command, { root, environment, end }: Registration): void {
  const credentials = program
    .command('credentials')
    .description('the credentials of one ERP per company, sealed in its own store')
    // An option nobody knows may be a secret that somebody put on the command line.
    .configureOutput({ outputError: (text, write) => write(text.replace(/(--?[\w-]+)=[^\n']*/g, '$1')) })
  credentials
    .command('set')
    .description('ask for the values of a company, or take them from a pipe: JSON, or a `name=value` a line')
    .argument('<erp>')
    .requiredOption('--company <cnpj>', 'whose they are')
    .addOption(format())
    .action(async (erp: string, options: { company: string; format: 'text' | 'json' }) => {
      const { credentialsSet } = await import('./credentials.ts')
      end(await credentialsSet({ root: root(), erp, environment, ...options }))
    })
  credentials
    .command('login')
    .description('have a person let the server into an ERP with `grant: authorization_code`, and keep what it gives')
    .argument('<erp>')
    .requiredOption('--company <cnpj>', 'whose it is')
    .option('--redirect-uri <address>', 'as it is registered with the ERP', 'http://127.0.0.1:8765/callback')
    .option('--paste', 'the browser is elsewhere: paste the address that it was led to')
    .addOption(format())
    .action(async (erp: string, { paste = false, ...options }: LoginFlags) => {
      const { credentialsLogin } = await import('./credential-login.ts')
      end(await credentialsLogin({ root: root(), erp, environment, paste, ...options }))
    })
  credentials
    .command('list')
    .description('companies and names, never values')
    .argument('<erp>')
    .addOption(format())
    .action(async (erp: string, options: { format: 'text' | 'json' }) => {
      const { credentialsList } = await import('./credentials.ts')
      end(await credentialsList({ root: root(), erp, environment, ...options }))
    })
  credentials
    .command('rotate')
    .description('a new key for the store, while servers go on; with --company new values of one company')
    .argument('<erp>')
    .option('--company <cnpj>', 'new values of this company, from the terminal or a pipe')
    .addOption(new Option('--drop-old', 'end the overlap: only the new key stays').conflicts('company'))
    .addOption(format())
    .action(async (erp: string, { company, dropOld, ...rest }: RotateFlags) => {
      const verbs = await import('./credentials.ts')
      const options = { root: root(), erp, environment, ...rest }
      if (company !== undefined) end(await verbs.credentialsRenew({ ...options, company }))
      else end(await (dropOld === true ? verbs.credentialsDropOld : verbs.credentialsRotateKey)(options))
    })
  credentials
    .command('remove')
    .argument('<erp>')
    .requiredOption('--company <cnpj>', 'whose they are')
    .addOption(format())
    .action(async (erp: string, options: { company: string; format: 'text' | 'json' }) => {
      const { credentialsRemove } = await import('./credentials.ts')
      end(await credentialsRemove({ root: root(), erp, environment, ...options }))
    })
}
