import { randomBytes } from 'node:crypto'
import type { Erp } from '../../contract/erp.ts'
import type { StandInFile } from '../../contract/stand-in.ts'

/** The company of a file that names none. */
const ONE = ['12345678000195']

/** What each company authenticates with, by the names of erp.yaml: made up, but for what the file says. */
export function credentialsFor(erp: Erp, file: StandInFile): Record<string, Record<string, string>> {
  const { secret, plain = [], granted = [] } = erp.credentials
  return Object.fromEntries(
    (file.companies ?? ONE).map((company) => [
      company,
      Object.fromEntries([
        ...[...secret, ...granted].map((name) => [name, randomBytes(16).toString('hex')]),
        ...plain.map((name) => [name, file.plain?.[name] ?? `${name}-${randomBytes(3).toString('hex')}`]),
      ]),
    ]),
  )
}
