import { hostname, userInfo } from 'node:os'
import type { WrittenAs } from '../contract/ledger.ts'

/** The account that runs this command, from the system and not from its environment (LOGNAME is anybody's to set). */
export function writtenAs(): WrittenAs {
  return { user: systemUser(), host: hostname() }
}

function systemUser(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that no account of it has.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
