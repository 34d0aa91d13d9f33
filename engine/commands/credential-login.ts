import { credentialsIn, setCredentials } from '../access/credentials.ts'
import { isLoopbackRedirect, loopbackRedirect } from '../access/loopback-redirect.ts'
import { beginLogin, type CodeGrant, type OAuthLogin } from '../access/oauth-login.ts'
import type { Erp } from '../contract/erp.ts'
import { loadTree } from '../load/load.ts'
import { validateTree } from '../validate/validate.ts'
import { checkedCompany, type OfCompany, storeOf } from './credentials.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { pipedBytes, promptValues } from './secret-prompt.ts'

export interface CredentialLogin extends OfCompany {
  /** As it is registered with the ERP. */
  redirectUri: string
  /** The browser is elsewhere: the address it was led to is pasted here. */
  paste: boolean
}

/** For a person to say yes, in milliseconds. */
const WITHIN_MS = 600_000

/** `alcada credentials login`: a person lets the server into the ERP, and what it gave is sealed in the store. */
export async function credentialsLogin(options: CredentialLogin): Promise<ExitCode> {
  const { root, erp, format } = options
  const company = checkedCompany(options.company)
  const auth = codeGrant(erp, await erpOf(root, erp))
  const store = await storeOf(options)
  const values = (await credentialsIn(store, company))[company] ?? {}
  const [clientId, clientSecret] = [values[auth.clientId] ?? '', values[auth.clientSecret] ?? '']
  if (clientId === '' || clientSecret === '') {
    throw new Error(`expected the client first: \`alcada credentials set ${erp} --company ${company}\``)
  }
  const login = beginLogin({ auth, client: { clientId, clientSecret }, redirectUri: options.redirectUri })
  const token = await login.finish(await answerTo(login, options))
  const summary = await setCredentials(store, {
    company,
    action: 'login',
    values: (before) => ({ ...before, [auth.refreshToken]: token }),
  })
  const text = `${company} is let into ${erp}: servers that follow this store go on with it by themselves\n`
  process.stdout.write(format === 'json' ? `${JSON.stringify({ erp, ...summary })}\n` : text)
  return EXIT.done
}

async function answerTo(login: OAuthLogin, { redirectUri, paste }: CredentialLogin): Promise<URL> {
  const tell = (text: string): void => void process.stderr.write(text)
  if (!paste && isLoopbackRedirect(redirectUri)) {
    const redirect = await loopbackRedirect(redirectUri, login.isAnswer, WITHIN_MS)
    try {
      tell(`open this in a browser, and let the server in:\n${login.url}\nwaiting at ${redirectUri} …\n`)
      return await redirect.answer
    } finally {
      await redirect.close()
    }
  }
  tell(`open this in a browser, and let the server in:\n${login.url}\nthen paste the address that it was led to\n`)
  const pasted = process.stdin.isTTY
    ? (await promptValues([{ name: 'address', secret: true }]))['address']
    : new TextDecoder().decode(await pipedBytes())
  const back = URL.parse((pasted ?? '').trim())
  if (back !== null) return back
  throw new Error('expected the whole address that the browser was led to, with `code` and `state` in it')
}

async function erpOf(root: string, erp: string): Promise<Erp | undefined> {
  return validateTree((await loadTree(root, [erp])).tree).erps[erp]?.erp
}

function codeGrant(name: string, erp: Erp | undefined): CodeGrant {
  if (erp === undefined) {
    throw new Error(`expected a valid erps/${name}/erp.yaml: \`alcada check ${name}\` tells what is wrong with it`)
  }
  const found = erp.connection.auth.find((item): item is CodeGrant => isCodeGrant(item))
  if (found !== undefined) return found
  throw new Error(`nobody logs into ${name}: its erp.yaml has no \`in: oauth2\` with \`grant: authorization_code\``)
}

function isCodeGrant(item: Erp['connection']['auth'][number]): item is CodeGrant {
  return (
    item.in === 'oauth2' &&
    item.grant === 'authorization_code' &&
    item.authorizeUrl !== undefined &&
    item.refreshToken !== undefined
  )
}
