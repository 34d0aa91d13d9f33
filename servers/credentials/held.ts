import type { CredentialSpec } from '../../engine/contract/erp.ts'
import type { Credentials } from './credentials.ts'
import { differing } from './values.ts'

/** Credentials that are replaced while they are in use. */
export interface HeldCredentials extends Credentials {
  /** Puts others in their place, whole. @returns the companies whose values changed */
  replace(next: Credentials): string[]
}

/** Who holds these asks for a value when it is needed, and so always gets the newest. */
export function holdCredentials(opened: Credentials, spec: CredentialSpec): HeldCredentials {
  let current = opened
  return {
    companies: () => current.companies(),
    ofPolicy: (company) => current.ofPolicy(company),
    get: (company, name) => current.get(company, name),
    keys: () => current.keys?.() ?? [],
    replace(next) {
      const changed = differing(current, next, spec)
      current = next
      return changed
    },
  }
}
