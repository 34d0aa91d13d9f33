import { REGISTERED } from '../../contract/identity-config.ts'
import type { Reporter } from '../place.ts'
import type { IssuerEntry } from '../policy-files.ts'
import { checkSecretName } from './secrets.ts'

/** `login:` of an issuer: it can be carried out, tells who the person is, and makes no token that could call a tool. */
export function checkLogin({ login, discovery, audience, claims }: IssuerEntry, at: string, report: Reporter): void {
  if (login === undefined) return
  const { client_id, client_secret, person } = login
  if (discovery === undefined) {
    const message = 'nobody can sign in here: `jwks` tells only the keys of the issuer'
    report.atKey(at, { code: 'LOGIN_DISCOVERY', message, help: 'write `discovery` instead of `jwks`' })
  }
  // An ID token's audience is the client: /mcp must not take what the browser brought.
  if (client_id === audience || client_id.startsWith('alcada:')) {
    const message = `\`${client_id}\` is an audience of tokens too: what signs in here could call tools`
    const help = 'register a client of its own for the console at the provider'
    report.at(`${at}/client_id`, { code: 'LOGIN_AUDIENCE', message, help })
  }
  if (claims?.person === REGISTERED && person === undefined) {
    const message = 'an ID token names no agent, so `registered` cannot tell who the person is'
    const help = 'say where the person stands in the ID token: `person: /preferred_username`'
    report.atKey(at, { code: 'LOGIN_PERSON', message, help })
  }
  if (client_secret !== undefined) checkSecretName(client_secret, `${at}/client_secret`, report)
}
