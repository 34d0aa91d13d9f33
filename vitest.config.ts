import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { SummaryReporter } from './test/helpers/summary-reporter.ts'

// The pinned Node is an optional package: where it was left out, npm says nothing and the tests would run on any Node.
const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  throw new Error(
    `expected Node 26 or newer, got ${process.version}: run \`npm ci\` with optional packages, then \`npm test\` (it puts the pinned Node first)`,
  )
}

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/fixtures/**'],
    globalSetup: ['test/helpers/prepare-compiler.ts', 'test/helpers/outputs/prepare.ts'],
    setupFiles: ['test/helpers/outputs/gather.ts'],
    reporters: ['default', new SummaryReporter()],
    // Processes, not threads: tests start servers of their own, change nothing of each other and may be killed.
    pool: 'forks',
    maxWorkers: 2,
    // Tests start real processes on a machine that may be busy; a limit only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
  },
})

export default config
