import type { Erp } from '../../engine/contract/erp.ts'
import { type Credentials, CredentialsError } from '../credentials/credentials.ts'
import type { Redactor } from '../credentials/redactor.ts'
import { type CredentialsSource, openCredentials } from '../credentials/source.ts'
import { secretsIn } from '../credentials/values.ts'
import type { RecordedEntry, State } from '../state/state.ts'
import type { Log } from './log.ts'

/** Opens the credentials an erp.yaml asks for, as they are now. Throws CredentialsError; LedgerError. */
export type CredentialsOpener = (erp: Erp) => Promise<Credentials>

export interface OpenerOptions {
  source: CredentialsSource
  redactor: Redactor
  state: Pick<State, 'record'>
  log: Log
  /** Epoch milliseconds. */
  now: () => number
}

export interface Opener {
  open: CredentialsOpener
  /** What is wrong with them, as long as it is. */
  failure(): Failure | null
}

export interface Failure {
  code: string
  message: string
  at: string
}

/** Each opening has its entry in the ledger before anything is done with what was opened; each failure has one too. */
export function credentialsOpener({ source, redactor, state, log, now }: OpenerOptions): Opener {
  let failed: Failure | null = null

  const record = (what: RecordedEntry['what'], code: string): Promise<string> =>
    state.record({
      what,
      code,
      request: null,
      caller: null,
      tool: null,
      revision: null,
      bundle: null,
      input: null,
      decision: null,
    })
  /** The same failure, met again by trying again, is one failure. */
  const tell = async (code: string, message: string): Promise<void> => {
    if (failed?.code === code && failed.message === message) return
    failed = { code, message, at: new Date(now()).toISOString() }
    log.error('credentials.unusable', { code, message })
    await record('credentials_refused', code).catch(() => undefined)
  }

  return {
    failure: () => failed,
    async open(erp) {
      try {
        const opened = await openCredentials(source, erp)
        redactor.learn(secretsIn(opened, erp))
        await record('credentials_opened', source.kind)
        failed = null
        log.info('credentials.opened', { from: source.kind, companies: opened.companies().length })
        return opened
      } catch (error) {
        const known = error instanceof CredentialsError ? error : null
        await tell(known?.code ?? 'CREDENTIALS_UNUSABLE', known?.message ?? 'the credentials could not be opened')
        throw error
      }
    },
  }
}
