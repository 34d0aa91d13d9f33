import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const MOUNT = '/sys/fs/cgroup'

/** What the kernel holds a process to, as it says itself. Reads both versions of its control groups. */
export interface KernelLimits {
  memoryBytes: number
  /** Kept for it when memory is short. */
  reservedBytes: number
  /** Whole processors' worth of time. */
  cpus: number
}

export function kernelLimits(pid: number): KernelLimits {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(':'))
  const file = (controller: string, name: string): string => {
    const [, , path = ''] =
      groups.find(([, names = '']) => names.split(',').includes(controller)) ?? groups.at(-1) ?? []
    const inV1 = join(MOUNT, controller, path, name)
    return readFileSync(existsSync(inV1) ? inV1 : join(MOUNT, path, name), 'utf8').trim()
  }
  if (existsSync(join(MOUNT, 'cgroup.controllers'))) {
    const [quota, period] = file('', 'cpu.max').split(' ').map(Number)
    return {
      memoryBytes: Number(file('', 'memory.max')),
      reservedBytes: Number(file('', 'memory.low')),
      cpus: (quota ?? 0) / (period ?? 1),
    }
  }
  return {
    memoryBytes: Number(file('memory', 'memory.limit_in_bytes')),
    reservedBytes: Number(file('memory', 'memory.soft_limit_in_bytes')),
    cpus: Number(file('cpu', 'cpu.cfs_quota_us')) / Number(file('cpu', 'cpu.cfs_period_us')),
  }
}

/** A line of `/proc/<pid>/status`: `CapEff`, `NoNewPrivs`, `Uid`. */
export function statusOf(pid: number, key: string): string {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${key}:`))
  return line?.slice(key.length + 1).trim() ?? ''
}
