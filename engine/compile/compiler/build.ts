import { join } from 'node:path'
import { CompilerError } from './error.ts'
import { type RunOptions, type RunResult, runCompiler } from './run.ts'
import { OPA_VERSION } from './version.ts'

const PACKAGE = 'github.com/open-policy-agent/opa'
const MODULE = join(import.meta.dirname, '..', 'opa')

// The tag adds the WebAssembly engine, so that this opa can also test and serve what it compiled (pure Go, no cgo).
// -buildvcs would ask git about a checkout that may belong to somebody else, and fail.
const BUILD = ['build', '-v', '-mod=readonly', '-buildvcs=false', '-trimpath', '-tags', 'opa_wasm']

export type GoTool = {
  /** The command. Default `go`, looked up on PATH by the system. */
  command?: string
  /** Time until the module proxy must have answered once, in milliseconds. Default 8_000. */
  patienceMs?: number
}

/** Time between two answers of the module proxy, in milliseconds: a large module comes slowly. */
const NEXT_ANSWER_MS = 60_000
const BUILD_MS = 20 * 60_000

/**
 * Builds the pinned OPA from source into `file`, every module checked against our go.sum.
 * @returns null, or the reason why it could not be built
 */
export async function fromGo(file: string, tool: GoTool, onProgress: (line: string) => void): Promise<string | null> {
  const { command: go = 'go', patienceMs = 8_000 } = tool
  try {
    onProgress(`building opa ${OPA_VERSION} with go (about a minute, once)`)
    const downloaded = await downloadModules(go, patienceMs, onProgress)
    if (downloaded !== null) return downloaded
    let packages = 0
    const built = await runCompiler(go, [...BUILD, '-o', file, PACKAGE], {
      cwd: MODULE,
      timeoutMs: BUILD_MS,
      onStderr: (text) => {
        const before = Math.floor(packages / 50)
        packages += text.split('\n').length - 1
        if (Math.floor(packages / 50) > before) onProgress(`building opa ${OPA_VERSION}: ${packages} packages compiled`)
      },
    })
    return built.code === 0 ? null : `go build failed: ${lastLines(built.stderr)}`
  } catch (error) {
    if (error instanceof CompilerError) return error.message
    throw error
  }
}

/** A proxy that does not answer would hold the go tool for minutes; `-x` shows each of its answers, so we see it first. */
async function downloadModules(
  go: string,
  patienceMs: number,
  onProgress: (line: string) => void,
): Promise<string | null> {
  const patience = new AbortController()
  let timer = setTimeout(() => patience.abort(), patienceMs)
  let answers = 0
  const options: RunOptions = {
    cwd: MODULE,
    timeoutMs: BUILD_MS,
    signal: patience.signal,
    onStderr: (text) => {
      const more = text.match(/^# get .*: \d{3} /gm)?.length ?? 0
      if (more === 0) return
      clearTimeout(timer)
      timer = setTimeout(() => patience.abort(), NEXT_ANSWER_MS)
      if (Math.floor((answers + more) / 100) > Math.floor(answers / 100)) onProgress('downloading Go modules')
      answers += more
    },
  }
  try {
    const result: RunResult = await runCompiler(go, ['mod', 'download', '-x'], options)
    return result.code === 0 ? null : `go mod download failed: ${lastLines(result.stderr)}`
  } catch (error) {
    if (!patience.signal.aborted) throw error
    const waited = (answers === 0 ? patienceMs : NEXT_ANSWER_MS) / 1000
    return `the Go module proxy gave nothing for ${waited} s (\`go env GOPROXY\` shows which one)`
  } finally {
    clearTimeout(timer)
  }
}

/** What a person needs of the go tool's output: its last lines without the trace of requests. */
function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => line !== '' && !line.startsWith('# get '))
  return lines.slice(-4).join('\n')
}
