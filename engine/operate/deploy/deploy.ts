import { setTimeout as sleep } from 'node:timers/promises'
import type { DeployEvent } from '../../contract/deploy-event.ts'
import type { Containers } from './containers.ts'
import { DeployError } from './deploy-error.ts'
import type { FrontClient } from './front-client.ts'
import { heldFront } from './held.ts'
import type { Journal } from './journal.ts'

export interface Deploy {
  erp: string
  image: string
  /** Name of the container that serves. */
  container: string
  containers: Containers
  front: FrontClient
  journal: Journal
  by: string
  /** Ports of the trial where it shares the network of the old one. */
  trialPorts: { mcp: number; ops: number }
  /** Between looks at the health, in milliseconds. Default 2_000. */
  everyMs?: number
  /** Looks at the health before an image is given up. Default 30. */
  attempts?: number
  /** The new version is watched this long after the switch, in milliseconds. Default 20_000. */
  watchMs?: number
  say: (line: string) => void
  now?: () => number
}

/** What a trial must not touch: the real database, anchors, receivers and people. */
const APART = [
  'ALCADA_DATABASE_URL',
  'ALCADA_ANCHOR',
  'ALCADA_DECISION_LOG_URL',
  'ALCADA_OTLP_URL',
  'ALCADA_SMTP_URL',
  'ALCADA_LOG_DIR',
]
const TRIAL_STATE = '/tmp/trial'
/** How often a version is looked at while requests wait for it. */
const HELD_EVERY_MS = 200
/** Looks in a row that found it not ready, as the image's own health check has it. */
const MISSES = 3
/** A stop that was asked for takes up to 30 seconds. */
const TRIES = 40
const TRY_AGAIN_MS = 1_000

/**
 * Exchanges the image of one ERP's server. The new one is first tried beside the old one, on a state of its own: it is ready once
 * it enforces the published bundle, whose canaries it has decided. Then requests are held, the old one ends, and the new one takes over its
 * state. @throws DeployError; whatever it says, a healthy old version serves again.
 */
export async function deploy(options: Deploy): Promise<DeployEvent> {
  const { erp, image, container, containers, journal, say } = options
  const now = options.now ?? Date.now
  await recover(options)
  const front = heldFront(options.front)
  const before = await containers.imageOf(container)
  if (before === null)
    throw new DeployError('SERVER_MISSING', `expected a container \`${container}\`: start the first one with Compose`)
  if (!(await containers.hasImage(image)))
    throw new DeployError('IMAGE_MISSING', `expected the image \`${image}\`: pull or build it first`)
  const step = (name: 'trial' | 'switching' | 'watching'): void =>
    journal.begin({ erp, image, before, step: name, startedAt: new Date(now()).toISOString() })
  const end = (outcome: DeployEvent['outcome'], reason: string | null): DeployEvent => {
    const event = {
      at: new Date(now()).toISOString(),
      erp,
      image,
      before,
      outcome,
      by: options.by,
      reason,
      heldMs: front.ms(),
    }
    journal.end(event)
    return event
  }

  step('trial')
  const refusal = await tried(options)
  if (refusal !== null) {
    end('refused', refusal)
    throw new DeployError('NOT_HEALTHY', `\`${image}\` ${refusal}; the version before it was not touched`)
  }
  await containers.tag(before, `alcada/${erp}`, 'backup')
  // What the last deploy left is gone before this one may have to go back.
  await containers.remove(previousOf(options))
  step('switching')
  say('requests wait: switching')
  const failure = await switched({ ...options, front }).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  )
  if (failure === null) {
    step('watching')
    await front.release()
    say(`it serves; requests waited ${front.ms()} ms. Watching it`)
  }
  const fault = failure ?? (await watched(options))
  if (fault === null) return end('deployed', null)
  await backToOld({ ...options, front })
  end('rolled_back', fault)
  throw new DeployError('ROLLED_BACK', `\`${image}\` ${fault}; the version before it serves again`)
}

/** Ends what an engine began that died: the version before it serves, whatever step it died in. */
export async function recover(options: Deploy): Promise<boolean> {
  const { journal, containers, say, erp } = options
  const left = journal.underway()
  if (left === null) return false
  say(`a deploy of \`${left.image}\` died while ${left.step}: going back to the version before it`)
  await containers.remove(trialOf(options))
  if (left.step !== 'trial') await backToOld(options)
  const at = new Date((options.now ?? Date.now)()).toISOString()
  const { image, before } = left
  journal.end({
    ...{ at, erp, image, before },
    outcome: 'recovered',
    by: options.by,
    reason: `died while ${left.step}`,
    heldMs: 0,
  })
  return true
}

async function tried(options: Deploy): Promise<string | null> {
  const { container, containers, image, trialPorts, say, attempts = 30, everyMs = 2_000 } = options
  const trial = trialOf(options)
  const env = {
    ALCADA_STATE_DIR: TRIAL_STATE,
    ALCADA_PORT: String(trialPorts.mcp),
    ALCADA_OPS_PORT: String(trialPorts.ops),
  }
  await containers.remove(trial)
  try {
    await containers.startLike(container, trial, image, { env, without: APART, scratch: [TRIAL_STATE] })
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (await containers.isHealthy(trial, trialPorts.mcp)) return null
      say(`not ready, ${attempt} of ${attempts}`)
      if (attempt < attempts) await sleep(everyMs)
    }
    return `was not ready after ${attempts} looks`
  } catch (error) {
    return `could not be tried: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await containers.remove(trial)
  }
}

async function switched(options: Deploy): Promise<string | null> {
  const { container, containers, front, image } = options
  const previous = previousOf(options)
  await front.hold()
  await containers.stop(container)
  await containers.rename(container, previous)
  await containers.startLike(previous, container, image)
  return (await ready(options)) ? null : 'was not ready with the real state'
}

async function ready({ container, containers, attempts = 30, everyMs = 2_000 }: Deploy): Promise<boolean> {
  const until = performance.now() + attempts * everyMs
  while (performance.now() < until) {
    if (await containers.isHealthy(container)) return true
    if (!(await containers.isRunning(container))) return false
    await sleep(HELD_EVERY_MS)
  }
  return false
}

async function watched({ container, containers, watchMs = 20_000 }: Deploy): Promise<string | null> {
  const until = performance.now() + watchMs
  let misses = 0
  while (performance.now() < until) {
    if (await containers.hasEnded(container)) return 'ended by itself after the switch'
    misses = (await containers.isHealthy(container)) ? 0 : misses + 1
    if (misses === MISSES) return 'was not ready any more after the switch'
    await sleep(HELD_EVERY_MS)
  }
  return null
}

async function backToOld(options: Deploy): Promise<void> {
  const { container, containers, front, say } = options
  const previous = previousOf(options)
  say('going back')
  await front.hold()
  await insistently(async () => {
    if ((await containers.imageOf(previous)) !== null) {
      await containers.remove(container)
      await containers.rename(previous, container)
    } else {
      // Died before the old one was put aside: it has its name, and may still be ending as it was asked to.
      await containers.stop(container)
    }
    await containers.start(container)
  })
  if (!(await ready(options)))
    throw new DeployError('UNFINISHED', `\`${container}\` was started again and is not ready: see its log`)
  await front.release()
}

/** Again while the container engine still does what one that died had asked of it. @throws what the last try did */
async function insistently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt === TRIES) throw error
      await sleep(TRY_AGAIN_MS)
    }
  }
}

function trialOf({ container }: Deploy): string {
  return `${container}-trial`
}

function previousOf({ container }: Deploy): string {
  return `${container}-previous`
}
