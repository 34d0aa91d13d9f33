import { relative } from 'node:path'
import { watch } from 'chokidar'

/** Editors write a file in several steps: changes this close together, in milliseconds, are one. */
const QUIET_MS = 25

/**
 * Watches erps/ and policies/ below `root`. `changed` gets the paths from the root, with forward slashes; never two
 * calls at once, and what changes during one leads to another. The first call has no paths: what was
 * saved before there was a watch. @returns after that one: what stops it
 */
export async function watchProject(
  root: string,
  changed: (paths: readonly string[]) => Promise<void>,
): Promise<() => Promise<void>> {
  const pending = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null

  const run = async (): Promise<void> => {
    do {
      const paths = [...pending]
      pending.clear()
      await changed(paths).catch((error: unknown) => {
        process.stderr.write(`alcada: ${error instanceof Error ? error.message : String(error)}\n`)
      })
    } while (pending.size > 0)
    running = null
  }
  const watcher = watch(['erps', 'policies'], {
    cwd: root,
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !/\.(ya?ml|rego)$/.test(path),
  })
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    pending.add(relative('.', path).replaceAll('\\', '/'))
    clearTimeout(timer)
    timer = setTimeout(() => {
      running ??= run()
    }, QUIET_MS)
  })
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()))
  running ??= run()
  await running
  return async () => {
    clearTimeout(timer)
    await watcher.close()
    await running
  }
}
