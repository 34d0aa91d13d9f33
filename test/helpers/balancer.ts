import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

export interface Balancer {
  /** Address of `/mcp` behind which all replicas are. */
  mcp: URL
  stop(): Promise<void>
}

/** The configuration that servers/README.md gives, with these replicas in place of its own. */
export function balancerConfig(listen: string, replicas: readonly string[]): string {
  const readme = readFileSync(new URL('../../servers/README.md', import.meta.url), 'utf8')
  const block = /```haproxy\n([\s\S]*?)```/.exec(readme)?.[1]
  if (block === undefined) throw new Error('expected a configuration of HAProxy in servers/README.md')
  const [first = ''] = /^ {2}server a .*$/m.exec(block) ?? []
  const servers = replicas.map((address, index) =>
    first.replace('server a', `server r${index}`).replace(/\S+:8080/, address),
  )
  return block
    .replace(/^ {2}server b .*\n/m, '')
    .replace(first, servers.join('\n'))
    .replace(/^ {2}bind .*$/m, `  bind ${listen}`)
}

/** HAProxy before these replicas (`host:port`), on loopback. Ask `needs('haproxy')` first. */
export async function startBalancer(replicas: readonly string[]): Promise<Balancer> {
  const place = mkdtempSync(join(tmpdir(), 'alcada-balancer-'))
  const listen = `127.0.0.1:${await freePort()}`
  writeFileSync(join(place, 'haproxy.cfg'), balancerConfig(listen, replicas))
  const path = `${process.env['PATH']}:/usr/sbin`
  const child = spawn('haproxy', ['-db', '-f', join(place, 'haproxy.cfg')], { env: { PATH: path }, stdio: 'ignore' })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await answers(new URL(`http://${listen}/health`), child)
  return {
    mcp: new URL(`http://${listen}/mcp`),
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(place, { recursive: true, force: true })
    },
  }
}

async function answers(url: URL, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}`)
    const status = await fetch(url).then(
      async (response) => {
        await response.text()
        return response.status
      },
      () => 0,
    )
    if (status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
