import Docker from 'dockerode'

/** What the steps of a deploy ask of Docker, or of Podman through its socket. */
export interface Containers {
  hasImage(image: string): Promise<boolean>
  /** Id of the image that the container runs; null: there is no such container. */
  imageOf(name: string): Promise<string | null>
  tag(image: string, repo: string, tag: string): Promise<void>
  /** Starts `image` under `name` with all that `like` was started with, but for `env`. */
  startLike(like: string, name: string, image: string, change?: Change): Promise<void>
  /** Whether it was running or not. */
  start(name: string): Promise<void>
  /** Asks it to end, and ends it after 30 seconds. */
  stop(name: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Whether there was one or not. */
  remove(name: string): Promise<void>
  isRunning(name: string): Promise<boolean>
  /** It ended since it was started, even if the engine has started it again. */
  hasEnded(name: string): Promise<boolean>
  /** Runs the image's own health check in it. */
  isHealthy(name: string, port?: number): Promise<boolean>
}

export interface Change {
  env: Readonly<Record<string, string>>
  without: readonly string[]
  /** No folder or volume is shared with the container it is like. */
  scratch: readonly string[]
}

const CHECK = ['/usr/bin/node', '/app/servers/health-check.mjs']
const KEPT = [
  ...['Binds', 'NetworkMode', 'Memory', 'MemoryReservation', 'NanoCpus', 'CpuShares', 'PidsLimit'],
  ...[
    'ReadonlyRootfs',
    'CapDrop',
    'SecurityOpt',
    'RestartPolicy',
    'PortBindings',
    'LogConfig',
    'ExtraHosts',
    'Tmpfs',
    'Mounts',
  ],
] as const

export function openContainers(socketPath: string): Containers {
  const docker = new Docker({ socketPath })
  const missing = (error: unknown): boolean => statusOf(error) === 404
  /** 304: it was so already. */
  const unlessSo = async (asked: Promise<unknown>): Promise<void> => {
    await asked.catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error
    })
  }
  const orNull = async <Value>(asked: Promise<Value>): Promise<Value | null> => {
    try {
      return await asked
    } catch (error) {
      if (missing(error)) return null
      throw error
    }
  }
  const found = (name: string) => orNull(docker.getContainer(name).inspect())

  return {
    hasImage: async (image) => (await orNull(docker.getImage(image).inspect())) !== null,
    imageOf: async (name) => (await found(name))?.Image ?? null,
    async tag(image, repo, tag) {
      await docker.getImage(image).tag({ repo, tag })
    },
    async startLike(like, name, image, change = { env: {}, without: [], scratch: [] }) {
      const { Config, HostConfig } = await docker.getContainer(like).inspect()
      const own = new Set((await orNull(docker.getImage(Config.Image).inspect()))?.Config.Env ?? [])
      // What the old image set by itself the new one sets as it needs.
      const given = Config.Env.filter((line) => !own.has(line))
        .filter((line) => !change.without.includes(line.split('=')[0] ?? ''))
        .filter((line) => !Object.hasOwn(change.env, line.split('=')[0] ?? ''))
      const kept = Object.fromEntries(KEPT.map((key) => [key, HostConfig[key]]).filter(([, value]) => value))
      const host = change.scratch.length === 0 ? kept : { ...kept, PortBindings: {}, Tmpfs: tmpfs(change.scratch) }
      const made = await docker.createContainer({
        name,
        Image: image,
        Env: [...given, ...Object.entries(change.env).map(([key, value]) => `${key}=${value}`)],
        Labels: Config.Labels,
        Healthcheck: Config.Healthcheck ?? { Test: ['NONE'] },
        HostConfig: host,
      })
      await made.start()
    },
    start: (name) => unlessSo(docker.getContainer(name).start()),
    stop: (name) => unlessSo(docker.getContainer(name).stop({ t: 30 })),
    async rename(from, to) {
      await docker.getContainer(from).rename({ name: to })
    },
    async remove(name) {
      await orNull(docker.getContainer(name).remove({ force: true, v: false }))
    },
    isRunning: async (name) => (await found(name))?.State.Running === true,
    async hasEnded(name) {
      const now = await found(name)
      return now?.State.Running !== true || now.RestartCount > 0
    },
    async isHealthy(name, port) {
      try {
        const exec = await docker
          .getContainer(name)
          .exec({ Cmd: port === undefined ? CHECK : [...CHECK, String(port)], AttachStdout: true })
        const stream = await exec.start({})
        stream.resume()
        await new Promise((resolve) => stream.once('end', resolve).once('close', resolve).once('error', resolve))
        return (await exec.inspect()).ExitCode === 0
      } catch {
        return false
      }
    },
  }
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : null
}

function tmpfs(folders: readonly string[]): Record<string, string> {
  return Object.fromEntries(folders.map((folder) => [folder, 'rw,noexec,nosuid,size=256m,mode=1777']))
}
