import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { developmentKeys } from '../access/development-keys.ts'
import type { SigningKey } from '../access/signing-key.ts'
import { issueToken } from '../access/token.ts'
import type { CompiledErp, PolicyCompiler } from '../compile/compile.ts'
import { hasErrors } from '../compile/project.ts'
import type { Erp } from '../contract/erp.ts'
import { type Calls, openCalls } from '../operate/verify/calls.ts'
import { marksOf } from '../operate/verify/values.ts'
import type { VerifyPlace } from '../operate/verify/verify.ts'
import { type Between, standBetween } from '../sandbox/between.ts'
import type { StandIn } from '../sandbox/stand-in.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { credentialSettings } from './credential-settings.ts'
import type { Environment } from './environment.ts'
import { type OwnServer, startOwnServer } from './own-server.ts'
import { startStandIns } from './stand-ins.ts'
import { upstreamPath } from './upstream-path.ts'
import { UsageError } from './usage-error.ts'
import { VERIFIER, type VerifyReach, verificationOf } from './verify-policy.ts'
import { workplaceOf } from './workplace.ts'

type Credentials = Record<string, Record<string, string>>

/** What the tests need, and what passed while they were made. */
export interface OpenVerifyPlace extends AsyncDisposable {
  place: Pick<
    VerifyPlace,
    'calls' | 'line' | 'unlimited' | 'unlimitedWhy' | 'strangers' | 'spoilt' | 'spoiltWhy' | 'without'
  >
  /** Null where nothing stands between the server and the ERP. */
  between: Between | null
  /** What stands before the ERP while it is asked above its rate. */
  hurried: Between | null
  /** Values that no recording may hold; those of the spoilt credential apart. */
  secrets: string[]
  spoiltSecrets: string[]
  /** Credentials of the company that is called for; null where they are in a store. */
  credentials: Record<string, string> | null
}

export interface VerifyPlaceOptions {
  root: string
  checked: CheckedErp
  compiler: PolicyCompiler
  /** The ERP's address; null: its stand-in. */
  target: string | null
  /** Whose credential is used on a real system. */
  company: string | null
  reach: VerifyReach
  environment: Environment
}

/** Companies that nobody is: with a spoilt credential, and with none. */
const [SPOILT, WITHOUT] = [marksOf('999999').document(1), marksOf('999999').document(2)]

/** Starts what is verified. @throws UsageError where there is no stand-in */
export async function openVerifyPlace(options: VerifyPlaceOptions): Promise<OpenVerifyPlace> {
  await using closing = new AsyncDisposableStack()
  const real = options.target !== null || options.checked.erp.kind === 'mcp'
  const opened = real ? await beforeTheErp(options, closing) : await beforeAStandIn(options, closing)
  const held = closing.move()
  return { ...opened, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

type Opened = Omit<OpenVerifyPlace, typeof Symbol.asyncDispose>

async function beforeAStandIn(options: VerifyPlaceOptions, closing: AsyncDisposableStack): Promise<Opened> {
  const { checked, environment, reach } = options
  const { erp, name } = checked
  const standIns = await startStandIns([name], { erps: { [name]: checked } })
  closing.defer(() => standIns.close())
  const standIn = standIns.of(name)
  if (standIn === null) {
    throw new UsageError(
      `\`${name}\` has no stand-in: describe one in erps/${name}/sandbox/stand-in.yaml, or name the ERP's address with --target URL --company CNPJ`,
    )
  }
  const [company = '', own = {}] = Object.entries(standIn.credentials)[0] ?? []
  const credentials: Credentials = { [company]: own, [SPOILT]: spoiltOf(erp, own) }
  const between = await line(standIn.url, erp, closing)
  const behind = { url: between.url, credentials }
  const compiled = await compiledFor(options, reach, checked)
  const server = closing.use(await startOwnServer({ erp: compiled, behind, settings: {}, environment }))
  // A grant that changes hands with every token belongs to one server.
  const granted = erp.connection.auth.some((item) => item.in === 'oauth2' && item.grant === 'authorization_code')
  const hurried = granted ? null : await line(standIn.url, erp, closing)
  const unlimited =
    hurried === null ? null : closing.use(await hurriedServer(options, { url: hurried.url, credentials }))
  const openFor = callsOf(name, closing)
  return {
    place: {
      ...{ calls: openFor(server, company), line: between, unlimited: unlimited && openFor(unlimited, company) },
      unlimitedWhy: 'the grant of a company belongs to one server at a time',
      strangers: await strangersOf(name, server, company, closing),
      ...{ spoilt: openFor(server, SPOILT), spoiltWhy: '', without: openFor(server, WITHOUT) },
    },
    ...{ between, hurried },
    secrets: secretsOf(erp, own),
    spoiltSecrets: secretsOf(erp, credentials[SPOILT] ?? {}),
    credentials: own,
  }
}

/** A server that knows no limits of the ERP. */
async function hurriedServer(
  options: VerifyPlaceOptions,
  behind: Pick<StandIn, 'url' | 'credentials'>,
): Promise<OwnServer> {
  const { checked, environment, reach } = options
  const erp = { ...checked.erp, limits: [] }
  const free = { ...checked, erp, catalogue: { ...checked.catalogue, erp } }
  const compiled = await compiledFor(options, reach, free)
  return startOwnServer({ erp: compiled, behind, settings: { MAX_CONNECTIONS: '500' }, environment })
}

async function beforeTheErp(options: VerifyPlaceOptions, closing: AsyncDisposableStack): Promise<Opened> {
  const { checked, environment, reach, root, target } = options
  const { erp, name } = checked
  const company = options.company ?? marksOf('000001').document(1)
  const between = target === null ? null : await line(target, erp, closing)
  const needs = erp.credentials.secret.length + (erp.credentials.plain ?? []).length > 0
  const settings = {
    ...environment.passed,
    ...(needs ? credentialSettings(workplaceOf(root), name, environment.passed) : {}),
    ...(between === null ? {} : { ALCADA_BASE_URL: between.url }),
    // Its programs are those of the project, not of the folder that the server works in.
    ...(erp.process === undefined ? {} : { ALCADA_UPSTREAM_PATH: upstreamPath(root, environment) }),
  }
  const behind = needs || between === null ? null : { url: between.url, credentials: { [company]: {} } }
  const compiled = await compiledFor(options, reach, checked)
  // What was written to a real system stays told: the ledger is kept.
  const folder = reach === 'reads' ? {} : { folder: join(workplaceOf(root).folder, 'verify', name) }
  const server = closing.use(await startOwnServer({ erp: compiled, behind, settings, environment, ...folder }))
  const openFor = callsOf(name, closing)
  return {
    place: {
      ...{ calls: openFor(server, needs ? company : TRIAL), line: between, unlimited: null },
      unlimitedWhy: 'a real system is not put under load',
      strangers: await strangersOf(name, server, company, closing),
      ...{ spoilt: null, spoiltWhy: 'a real system may lock the credential' },
      without: openFor(server, WITHOUT),
    },
    ...{ between, hurried: null, secrets: [], spoiltSecrets: [] },
    credentials: null,
  }
}

/** The company of an ERP that needs no credential, as `up` knows it. */
const TRIAL = '12345678000195'

async function compiledFor(
  { compiler }: VerifyPlaceOptions,
  reach: VerifyReach,
  checked: CheckedErp,
): Promise<CompiledErp> {
  const compiled = await compiler.compileErp(verificationOf(checked, reach), { checks: 'fast', differing: 'warning' })
  const [first] = compiled.findings.filter(({ severity }) => severity === 'error')
  if (!hasErrors(compiled.findings)) return compiled
  throw new Error(`the policy of the verification does not compile: ${first?.code} ${first?.message}`)
}

/** Every secret is another one of the same form; what is no secret stays. */
function spoiltOf({ credentials }: Erp, own: Record<string, string>): Record<string, string> {
  const spoil = (text: string): string =>
    [...text]
      .reverse()
      .map((letter) => (letter === '0' ? '1' : letter))
      .join('')
  const secret = [...credentials.secret, ...(credentials.granted ?? [])]
  return Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name, secret.includes(name) ? `${spoil(value)}` : value]),
  )
}

function secretsOf({ credentials }: Erp, own: Record<string, string>): string[] {
  const secret = [...credentials.secret, ...(credentials.granted ?? [])]
  return Object.entries(own).flatMap(([name, value]) => (secret.includes(name) ? [value] : []))
}

/** Stands before the target; tokens are asked for where erp.yaml says, or, in place of a stand-in, there. */
async function line(target: string, erp: Erp, closing: AsyncDisposableStack): Promise<Between> {
  const own = erp.connection.baseUrl !== undefined && new URL(erp.connection.baseUrl).host === new URL(target).host
  const elsewhere = erp.connection.auth.flatMap((item): [string, string][] => {
    if (item.in !== 'oauth2') return []
    const { pathname } = new URL(item.tokenUrl)
    return [[pathname, own ? item.tokenUrl : new URL(pathname, target).href]]
  })
  const between = await standBetween({ target, elsewhere: new Map(elsewhere), timeoutMs: erp.connection.timeoutMs })
  closing.defer(() => between.close())
  return between
}

function callsOf(erp: string, closing: AsyncDisposableStack): (server: OwnServer, company: string) => Calls {
  return ({ mcp, key }, company) => opened(mcp, tokenFor(erp, company, key), closing)
}

function opened(mcp: string, token: string | null, closing: AsyncDisposableStack): Calls {
  const calls = openCalls(mcp, token)
  closing.defer(() => calls.close())
  return calls
}

function tokenFor(erp: string, company: string, key: SigningKey): string {
  const who = { sub: 'verify-erp', for: 'verify-erp', kind: 'agent', roles: [VERIFIER], companies: [company] } as const
  return issueToken({ erp, ...who }, key).token
}

/** Callers whom a server has to refuse. */
async function strangersOf(
  erp: string,
  { mcp, key }: OwnServer,
  company: string,
  closing: AsyncDisposableStack,
): Promise<VerifyPlace['strangers']> {
  const folder = await mkdtemp(join(tmpdir(), 'alcada-stranger-'))
  const { token: foreign } = await developmentKeys(folder).finally(() => rm(folder, { recursive: true, force: true }))
  return [
    { who: 'a call without a token', calls: opened(mcp, null, closing) },
    { who: 'a token that another key signed', calls: opened(mcp, tokenFor(erp, company, foreign), closing) },
    { who: 'a token for another ERP', calls: opened(mcp, tokenFor(`${erp}_2`, company, key), closing) },
  ]
}
