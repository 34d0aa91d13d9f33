import { readConfig, type ServerConfig } from './config.ts'
import { createRedactor } from './credentials/redactor.ts'
import { startServer } from './server.ts'
import { secretsInSettings } from './wiring/known-secrets.ts'
import { createLog } from './wiring/log.ts'
import { ConfigError } from './wiring/setting.ts'

// One ERP's server as a process: settings from the environment, logs on stderr, a word to whoever started it.

const EXIT_USAGE = 2

function configOrEnd(): ServerConfig {
  try {
    return readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    tell({ type: 'failed', code: error.code, message: error.message })
    process.stderr.write(`alcada: ${error.message}\n`)
    process.exit(EXIT_USAGE)
  }
}

function tell(message: object): void {
  process.send?.(message)
}

/** What was opened before the failure would keep the process alive; the last word has to be out first. */
function end(code: number, message: object): void {
  if (process.send === undefined) process.exit(code)
  process.send(message, () => process.exit(code))
}

const config = configOrEnd()
const redactor = createRedactor()
redactor.learn(await secretsInSettings(config))
const log = createLog({ ...config.log, erp: config.erp, level: config.logLevel, redact: redactor.text })

// Node would print the error whole, and some errors hold what they were given. Nothing of such a process is trusted.
process.on('uncaughtException', (error) => {
  log.error('server.crashed', { message: error.message, stack: error.stack ?? '' })
  process.exit(1)
})

try {
  const server = await startServer(config, log, redactor)
  const { state, revision, development } = server.status()
  log.info('server.ready', { mcp: server.mcp, ops: server.ops, state, revision, development })
  server.onPolicy(({ state, revision, lastError }) =>
    tell(redactor.value({ type: 'policy', state, revision, error: lastError })),
  )
  tell({ type: 'ready', mcp: server.mcp, ops: server.ops, revision })
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Whoever started this server is gone without a word.
  process.on('disconnect', stop)
  if (config.stdioTokenFile !== null) process.stdin.on('end', stop)
} catch (error) {
  const message = redactor.text(error instanceof Error ? error.message : String(error))
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'START_FAILED'
  log.error('server.failed', { code, message })
  process.stderr.write(`alcada: ${message}\n`)
  end(1, { type: 'failed', code, message })
}
