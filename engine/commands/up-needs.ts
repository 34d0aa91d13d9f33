import type { CompiledErp } from '../compile/compile.ts'
import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import { isCatalogue } from '../contract/catalogue-guard.ts'

/** What a server of an ERP has to be given to be tried out. */
export interface UpNeeds {
  /** Credentials of a company. */
  credential: boolean
  /** A place where programs are found. */
  program: boolean
}

export function upNeeds({ files }: CompiledErp): UpNeeds {
  const bytes = files.get(BUNDLE_FILES.catalogue)
  const catalogue: unknown = bytes === undefined ? null : JSON.parse(new TextDecoder().decode(bytes))
  if (!isCatalogue(catalogue)) return { credential: true, program: false }
  const { credentials, process: program } = catalogue.erp
  const { secret, plain = [] } = credentials
  return { credential: secret.length + plain.length > 0, program: program !== undefined }
}
