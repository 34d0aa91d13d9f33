import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { trustPath } from '../access/public-keys.ts'
import { type SigningKey, signingKey } from '../access/signing-key.ts'
import { signOverlay } from '../bundle/sign-overlay.ts'
import { isCnpj } from '../contract/cnpj.ts'
import type { Config } from '../contract/config.ts'
import { maskText } from '../contract/mask.ts'
import { MAX_OVERLAY_MS, type Stops, stopsOf, stopsSomething } from '../contract/overlay.ts'
import { MAX_REASON, readOverlayPayload } from '../contract/overlay-payload.ts'
import type { Effect } from '../contract/vocabulary.ts'
import { patchOf } from '../gitops/patch.ts'
import { withRevoked } from '../gitops/revoke-edit.ts'
import type { ChannelWriter } from '../publish/channel.ts'
import { openWriter } from '../publish/open.ts'
import { publishOverlay } from '../publish/overlays.ts'
import { matchesPattern } from '../validate/tool-pattern.ts'
import { type ChosenChannel, chosenChannel } from './channel.ts'
import { channelConfig } from './channel-config.ts'
import { durationSeconds } from './duration.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Workplace, workplaceOf } from './workplace.ts'

export interface RevokeOptions {
  root: string
  erps: readonly string[]
  caller: string[]
  person: string[]
  tool: string[]
  role: string[]
  effect: Effect[]
  company: string[]
  all: boolean
  /** `2h`, `7d`, or an instant. */
  until: string
  reason: string
  format: 'text' | 'json'
  environment: Environment
}

interface Revoked {
  erp: string
  sequence: number
  from: string
  until: string
  stops: Partial<Stops>
  reason: string
  /** The change that would make it permanent; null where the policies do not stand here. */
  patch: string | null
}

/**
 * `alcada revoke`: stops callers, persons, tools, roles, effects, companies, or everything, at once and for at most
 * seven days. It signs with the revocation key in `.alcada/`; servers take it out of the channel.
 */
export async function revoke(options: RevokeOptions): Promise<ExitCode> {
  const { root, environment } = options
  const place = workplaceOf(root)
  const nowMs = Date.now()
  const chosen = chosenChannel(environment, place.channel)
  const wrong = wrongUsage(options, nowMs) ?? (await unknownNames(options, place, chosen))
  if (wrong !== null) {
    process.stderr.write(`alcada: ${wrong}\n`)
    return EXIT.usage
  }
  const key = await signingKey({ folder: place.folder, use: 'revocation' })
  const channel = await openWriter(chosen.target, chosen.access)
  const done: Revoked[] = []
  // The reason goes into the channel, to whoever is refused and into a pull request.
  const told = { ...options, reason: maskText(options.reason, MAX_REASON) }
  try {
    for (const erp of options.erps) done.push(await revokeOne(told, { erp, key, channel, nowMs, place }))
  } finally {
    channel.close()
  }
  if (told.reason !== options.reason) {
    process.stderr.write(`alcada: personal values were taken out of the reason: \`${told.reason}\`\n`)
  }
  if (options.format === 'json') process.stdout.write(`${JSON.stringify({ overlays: done })}\n`)
  else process.stdout.write(done.map(inWords).join(''))
  return EXIT.done
}

interface Around {
  erp: string
  key: SigningKey
  channel: ChannelWriter
  nowMs: number
  place: Workplace
}

async function revokeOne(options: RevokeOptions, { erp, key, channel, nowMs, place }: Around): Promise<Revoked> {
  const stops = namedStops(options)
  const { reason } = options
  const from = new Date(nowMs).toISOString()
  const until = new Date(untilMs(options.until, nowMs)).toISOString()
  const overlay = (sequence: number): Promise<string> => signOverlay({ erp, sequence, stops, from, until, reason }, key)
  const { sequence } = await publishOverlay({ channel, erp, overlay, nowMs })
  // The stop holds by now: what cannot be prepared for later does not undo it.
  const patch = await permanent(options, { erp, sequence, place }).catch(() => null)
  return { erp, sequence, from, until, stops, reason, patch }
}

/** Writes the pull request's change beside the keys; null where the policies stand elsewhere, or say so already. */
async function permanent(
  { root, reason, caller, person, tool, role, effect, company, all }: RevokeOptions,
  { erp, sequence, place }: { erp: string; sequence: number; place: Workplace },
): Promise<string | null> {
  const path = `policies/${erp}/rbac.yaml`
  const before = await readFile(join(root, path), 'utf8')
  const everything: Effect[] = ['read', 'create', 'update', 'delete', 'settle', 'fiscal']
  const effects = all ? everything : effect
  const lists = { callers: caller, persons: person, tools: tool, roles: role, effects, companies: company }
  const text = patchOf(path, before, withRevoked(before, lists, reason))
  if (text === '') return null
  const folder = join(place.folder, 'patches')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `revoke-${erp}-${sequence}.patch`)
  await writeFile(file, text, { mode: 0o600 })
  return file
}

function namedStops({ caller, person, tool, role, effect, company, all }: RevokeOptions): Partial<Stops> {
  const lists = { callers: caller, persons: person, tools: tool, roles: role, effects: effect, companies: company }
  const named = Object.entries(lists).filter(([, list]) => list.length > 0)
  return { ...Object.fromEntries(named.map(([kind, list]) => [kind, [...new Set(list)]])), ...(all ? { all } : {}) }
}

function wrongUsage(options: RevokeOptions, nowMs: number): string | null {
  const stops = namedStops(options)
  if (!stopsSomething(stopsOf(stops))) {
    return 'expected what to stop: --caller, --person, --tool, --role, --effect, --company or --all'
  }
  const wrongCompany = options.company.find((company) => !isCnpj(company))
  if (wrongCompany !== undefined) return `expected a CNPJ without punctuation, got \`${wrongCompany}\``
  const until = untilMs(options.until, nowMs)
  if (!(until > nowMs && until - nowMs <= MAX_OVERLAY_MS)) {
    return `expected --until to be within seven days, as \`2h\`, \`7d\` or an instant, got \`${options.until}\`; longer takes a pull request`
  }
  const { erps, reason } = options
  const [from, to] = [nowMs, until].map((ms) => new Date(ms).toISOString())
  try {
    for (const erp of erps) readOverlayPayload({ erp, sequence: 1, stops, from, until: to, reason })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A misspelt name would stop nothing, and look as if it did. */
async function unknownNames(options: RevokeOptions, place: Workplace, channel: ChosenChannel): Promise<string | null> {
  const { ALCADA_TRUST_FILE = trustPath(place.folder) } = options.environment.passed
  const configOf = await channelConfig(channel, ALCADA_TRUST_FILE)
  try {
    for (const erp of options.erps) {
      const config = await configOf(erp)
      const unknown = config === null ? null : unknownIn(config, options)
      if (unknown !== null) return `${erp} has no ${unknown}`
    }
    return null
  } finally {
    configOf.close()
  }
}

function unknownIn({ tools, rbac }: Config, { tool, role }: RevokeOptions): string | null {
  const noTool = tool.find((pattern) => !Object.keys(tools).some((name) => matchesPattern(pattern, name)))
  if (noTool !== undefined) return `tool \`${noTool}\`; known: ${Object.keys(tools).join(', ')}`
  const noRole = role.find((name) => !Object.hasOwn(rbac.roles, name))
  return noRole === undefined ? null : `role \`${noRole}\`; known: ${Object.keys(rbac.roles).join(', ')}`
}

/** NaN for what is neither. */
function untilMs(text: string, nowMs: number): number {
  if (/^[1-9]\d{0,6}[smhd]$/.test(text)) return nowMs + 1_000 * durationSeconds(text)
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
}

function inWords({ erp, sequence, until, patch }: Revoked): string {
  const later = patch === null ? '' : `  to make it permanent, open a pull request with \`git apply ${patch}\`\n`
  return `${erp}: overlay ${sequence} is published and holds until ${until}\n${later}`
}
