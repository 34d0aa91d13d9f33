import { type Command, Option } from 'commander'
import { AUTH_TYPES, type AuthType } from '../operate/new-erp/auth.ts'
import { format } from './options.ts'
import type { Registration } from './registration.ts'

interface Flags {
  apiUrl?: string
  authType?: AuthType
  fromOpenapi?: string
  title?: string
  owner?: string
  format: 'text' | 'json'
}

/** `alcada new-erp`. */
export function newErpVerb(program: Command, { root, environment, end }: Registration): void {
  program
    .command('new-erp')
    .description('write the folders of a new ERP: what it is, its policies with tests, a stand-in, a deploy workflow')
    .argument('[name]', 'of its folders')
    .option('--api-url <url>', 'where its API is (default: what the description says)')
    .addOption(
      new Option('--auth-type <type>', 'how it knows who calls (default: what the description says)').choices([
        ...AUTH_TYPES,
      ]),
    )
    .option('--from-openapi <file>', 'its OpenAPI 3.0 or 3.1 description, JSON or YAML')
    .option('--title <title>', 'what people call it (default: its name)')
    .option('--owner <email>', 'who answers for it')
    .addOption(format())
    .action(async (name: string | undefined, flags: Flags) => {
      const { newErp } = await import('./new-erp.ts')
      end(await newErp({ root: root(), environment, ...(name === undefined ? {} : { name }), ...flags }))
    })
}
