// An image is exchanged by `alcada deploy` with real containers while an agent calls: a good one, one that never gets ready, one that
// ends after the switch, an engine that dies in the middle. No call fails, and each is in the journal and in the ledger.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Exchange, startExchange } from '../../helpers/containers/exchange.ts'
import { freePort } from '../../helpers/free-port.ts'
import { deploySteps } from '../../helpers/gitops/steps.ts'
import { needs } from '../../helpers/needs.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

// Entry points that go wrong: one never listens, one is well in its trial and ends 4 s after it has taken over.
const NEVER = ['/usr/bin/node', '-e', 'setInterval(() => {}, 1000)']
const CRASH = [
  ...['/usr/bin/node', '-e'],
  "if (process.env.ALCADA_STATE_DIR !== '/tmp/trial') setTimeout(() => process.exit(1), 4000); import('/app/servers/main.js')",
]

describe.skipIf(needs('opa', 'podman').missing !== null)(
  'an image is exchanged while an agent calls all the time',
  () => {
    let exchange: Exchange
    const at = (name: string): string => exchange.at(name)
    const run = (...args: string[]): Promise<string> => exchange.podman.run(...args)
    const serving = (): Promise<string> => run('inspect', '--format', '{{.ImageName}}', 'alcada-omie-1')
    /** What the ledger says of deploys: who, and what became of each. */
    const entries = (): [string, string][] =>
      exchange.alcada
        .ledger()
        .flatMap(({ event }) =>
          event.kind === 'recorded' && event.what === 'deploy'
            ? [[event.caller?.person ?? '', `${event.deploy?.image} ${event.code}`]]
            : [],
        )

    beforeAll(async () => {
      exchange = await startExchange({
        never: `ENTRYPOINT ${JSON.stringify(NEVER)}`,
        crash: `ENTRYPOINT ${JSON.stringify(CRASH)}`,
      })
    }, 300_000)
    afterAll(() => exchange?.stop())

    test('a dry run says what there is and changes nothing', async () => {
      const before = await run('ps', '--all', '--format', '{{.Names}} {{.ID}} {{.ImageID}}')
      const dry = (image: string) => exchange.deployed(image, { attempts: 1, more: ['--dry-run'] })
      const here = await dry('second')
      expect([here.code, here.said]).toEqual([0, expect.stringContaining('`localhost/alcada:second` is here')])
      const missing = await dry('none')
      expect([missing.code, missing.said]).toEqual([1, expect.stringContaining('`localhost/alcada:none` is not here')])
      const after = await run('ps', '--all', '--format', '{{.Names}} {{.ID}} {{.ImageID}}')
      expect(after).toBe(before)
      expect([existsSync(at('deploys')), entries()]).toEqual([false, []])
    }, 60_000)

    test('a good image takes over the state of the one before it, by the steps of the workflow', async () => {
      const more = ['--trial-port', String(await freePort()), '--every', '0.5', '--attempts', '120', '--watch', '5']
      const step = deploySteps(at('checkout'), exchange.podman.env, more)
      const given = {
        ...{ ERP: 'omie', IMAGE: 'localhost/Alcada', GITHUB_SHA: 'second', PLACE: at('.'), OPS: exchange.alcada.ops },
        ...{ DOCKER_SOCKET: at('podman.sock'), TOKEN_FILE: at('admin.token') },
      }
      expect(await step('exchange', 'Exchange the image', given)).toContain('"outcome":"deployed"')
      await step('exchange', 'Health of what serves', given)
      await expect(step('exchange', 'Health of what serves', { ...given, GITHUB_SHA: 'first' })).rejects.toThrow()
      expect(await serving()).toBe('localhost/alcada:second')
      expect(await run('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('alcada/omie:backup')
    }, 120_000)

    test('an image that never gets ready is refused, and the one before it was not touched', async () => {
      const { code, said } = await exchange.deployed('never', { attempts: 6 })
      expect([code, said]).toEqual([1, expect.stringContaining('NOT_HEALTHY')])
      expect(await serving()).toBe('localhost/alcada:second')
    }, 120_000)

    test('an image that ends after the switch is rolled back', async () => {
      const { code, said } = await exchange.deployed('crash')
      expect([code, said]).toEqual([1, expect.stringContaining('ROLLED_BACK')])
      expect(await serving()).toBe('localhost/alcada:second')
    }, 120_000)

    test('an engine that dies in the middle is cleaned up after by the next deploy', async () => {
      const child = spawn(process.execPath, await exchange.args('first'), {
        cwd: ROOT,
        env: exchange.podman.env,
        stdio: 'ignore',
      })
      const underway = at('deploys/omie.underway.json')
      const switching = (): boolean => existsSync(underway) && readFileSync(underway, 'utf8').includes('switching')
      while (child.exitCode === null && !switching()) await sleep(5)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      const { code, said } = await exchange.deployed('first')
      expect([code, said]).toEqual([0, expect.stringContaining('died while switching')])
      expect(await serving()).toBe('localhost/alcada:first')
    }, 120_000)

    test('each deploy is an entry of the ledger, of the person whose token it had', () => {
      expect(entries()).toEqual([
        ['olga', 'localhost/alcada:second deployed'],
        ['olga', 'localhost/alcada:never refused'],
        ['olga', 'localhost/alcada:crash rolled_back'],
        ['olga', 'localhost/alcada:first recovered'],
        ['olga', 'localhost/alcada:first deployed'],
      ])
    })

    test('no call failed, and each deploy left its line', () => {
      const { answered, failed } = exchange.calls
      expect(failed).toEqual([])
      expect(answered).toBeGreaterThan(100)
      expect(exchange.done().map(({ outcome }) => outcome)).toEqual([
        'deployed',
        'refused',
        'rolled_back',
        'recovered',
        'deployed',
      ])
      console.info(
        `answered ${answered}; held ${exchange
          .done()
          .map(({ heldMs }) => heldMs)
          .join(', ')} ms`,
      )
    })
  },
)
