import { relative } from 'node:path'
import type { UserConsoleLog } from 'vitest'
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node'
import { LEFT_OUT } from './left-out.ts'
import { leaksIn } from './outputs/leaks.ts'

/**
 * Ends a run with every left-out test and its reason, with what came out that must not, and with a last line that a
 * script can read.
 */
export class SummaryReporter implements Reporter {
  #run: Vitest | null = null
  readonly #reasons = new Map<string | undefined, Set<string>>()

  onInit(run: Vitest): void {
    this.#run = run
  }

  onUserConsoleLog(log: UserConsoleLog): void {
    for (const line of log.content.split('\n')) {
      if (!line.startsWith(LEFT_OUT)) continue
      const reasons = this.#reasons.get(log.taskId) ?? new Set()
      this.#reasons.set(log.taskId, reasons.add(line.slice(LEFT_OUT.length)))
    }
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    const leftOut: string[] = []
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') count.passed++
        else if (state === 'failed') count.failed++
        else {
          count.skipped++
          // Without a reason it was left out by a filter on names, not by a missing part.
          const reasons = [...(this.#reasons.get(module.id) ?? ['not asked for'])]
          leftOut.push(`  ${module.relativeModuleId}: ${test.fullName} (${reasons.join('; ')})`)
        }
      }
      // A file that cannot be loaded, or a suite whose hook fails, has errors of its own and tests that never ran.
      count.failed += module.errors().length
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length
    }
    const leaks = this.#leaks()
    count.failed += leaks.length
    if (leaks.length > 0) {
      process.exitCode = 1
      console.log(['', 'Came out and must not have:', ...leaks, ''].join('\n'))
    }
    if (leftOut.length > 0) console.log(['', 'Left out:', ...leftOut, ''].join('\n'))
    console.log(`Tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }

  #leaks(): string[] {
    const folder = this.#run?.getRootProject().getProvidedContext().outputs ?? ''
    if (folder === '') return []
    return leaksIn(folder).map(({ test, source, what }) => `  ${relative(process.cwd(), test)}: ${what} in ${source}`)
  }
}
