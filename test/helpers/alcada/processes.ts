import { spawnSync } from 'node:child_process'

/** Process ids of the servers that this process started. */
export function serversOf(parent: number): number[] {
  return childrenOf(parent, ['-f', 'servers/main'])
}

/** Process ids of all children. */
export function childrenOf(parent: number, which: readonly string[] = []): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(parent), ...which], { encoding: 'utf8' })
  return stdout.split('\n').filter(Boolean).map(Number)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
