import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** An engine for containers with a store of its own, as it works without systemd: runc, cgroupfs, the host's network. */
export interface Podman {
  /** Its settings, for whatever starts `podman` itself. */
  env: Record<string, string>
  /** Runs `podman …`; rejects with what it said. @returns its stdout, trimmed */
  run(...args: string[]): Promise<string>
  /** Removes every container, image and file of it. */
  close(): void
}

export function openPodman(): Podman {
  const place = mkdtempSync(join(tmpdir(), 'alcada-podman-'))
  const path = (name: string): string => join(place, name)
  writeFileSync(
    path('containers.conf'),
    `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`,
  )
  writeFileSync(
    path('storage.conf'),
    `[storage]\ndriver = "vfs"\ngraphroot = "${path('store')}"\nrunroot = "${path('runroot')}"\n`,
  )
  const { PATH = '', HOME = '' } = process.env
  const env = {
    ...{ PATH, HOME, TMPDIR: place },
    ...{ CONTAINERS_CONF: path('containers.conf'), CONTAINERS_STORAGE_CONF: path('storage.conf') },
  }
  return {
    env,
    async run(...args) {
      const { stdout } = await run('podman', args, { env, maxBuffer: 64 * 1024 * 1024 })
      return stdout.trim()
    },
    close() {
      spawnSync('podman', ['rm', '--force', '--all', '--time', '0'], { env })
      // What watched the containers may still be writing its last words.
      rmSync(place, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
    },
  }
}
