// Builds the image of the servers: `node .ci/image.mjs TAG… [--engine podman] [--context DIR]`. With --context alone it
// only lays out the build context. What is in it: servers/, the two rooms of engine/ that they import, the packages that
// these name with all that those depend on by package-lock.json, Node, the C library it is linked to, and an SBOM.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

// Folders have the same rights whoever builds.
process.umask(0o022)
const root = fileURLToPath(new URL('..', import.meta.url))
const { values, positionals: tags } = parseArgs({
  allowPositionals: true,
  options: { engine: { type: 'string', default: 'docker' }, context: { type: 'string' } },
})
if (tags.length === 0 && values.context === undefined) {
  process.stderr.write('usage: node .ci/image.mjs TAG… [--engine docker|podman] [--context DIR]\n')
  process.exit(2)
}

const scratch = mkdtempSync(join(tmpdir(), 'alcada-image-'))
try {
  const context = resolve(values.context ?? join(scratch, 'context'))
  layOut(context)
  if (tags.length > 0) {
    const named = tags.flatMap((tag) => ['--tag', tag])
    // Podman drops the health check from its own format.
    const format = values.engine === 'podman' ? ['--format', 'docker', '--timestamp', '0'] : []
    run(values.engine, ['build', ...format, ...named, '--file', join(context, 'Dockerfile'), context])
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function layOut(context) {
  const dist = join(scratch, 'dist')
  run(process.execPath, ['.ci/prepack.mjs', dist])
  rmSync(context, { recursive: true, force: true })
  const app = join(context, 'app')
  for (const room of ['servers', 'engine/contract', 'engine/channel'])
    cpSync(join(dist, room), join(app, room), { recursive: true })
  for (const file of globSync('**/*.d.ts', { cwd: app })) rmSync(join(app, file))
  cpSync(join(root, 'servers/Dockerfile'), join(context, 'Dockerfile'))
  for (const file of ['Dockerfile', 'README.md', 'compose.production.yaml', 'kubernetes'])
    rmSync(join(app, 'servers', file), { recursive: true, force: true })
  cpSync(join(root, '.ci/health-check.mjs'), join(app, 'servers/health-check.mjs'))
  cpSync(join(root, 'LICENSE'), join(app, 'LICENSE'))
  packages(app)
  system(join(context, 'rootfs'))
  for (const volume of ['state', 'logs']) mkdirSync(join(context, 'volumes', volume), { recursive: true, mode: 0o700 })
  // Layers are packed with the files' times: the same sources give the same layers.
  for (const path of readdirSync(context, { recursive: true })) lutimesSync(join(context, path), 0, 0)
}

/** Copies what the servers name, and whatever that depends on, as the lockfile has it; writes the SBOM of just these. */
function packages(app) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies).filter(([name]) => imported(app).has(name)),
  )
  const kept = new Map()
  const visit = (name, from) => {
    const path = resolved(lock, name, from)
    if (path === null || kept.has(path)) return
    const entry = lock.packages[path]
    kept.set(path, entry)
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) visit(next, path)
    for (const [next, meta] of Object.entries(entry.peerDependencies ?? {})) {
      if (meta !== undefined && !entry.peerDependenciesMeta?.[next]?.optional) visit(next, path)
    }
  }
  for (const name of Object.keys(dependencies)) visit(name, '')
  const { name, version, license, type } = manifest
  const cut = { name, version, license, type, dependencies }
  const entries = [...kept].sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(join(app, 'package.json'), JSON.stringify(cut, null, 2))
  writeFileSync(
    join(app, 'package-lock.json'),
    JSON.stringify(
      { name, version, lockfileVersion: 3, requires: true, packages: { '': cut, ...Object.fromEntries(entries) } },
      null,
      2,
    ),
  )
  for (const [path] of entries) {
    cpSync(join(root, path), join(app, path), {
      recursive: true,
      // What a package brings for those who read or build it has no use at run time; nested packages come by their own entry.
      filter: (from) =>
        !/\.(map|md|markdown|d\.[cm]?ts|ts|mts|cts)$/.test(from) &&
        !from.slice(join(root, path).length).includes('/node_modules'),
    })
  }
  const sbom = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'dev'], {
    cwd: app,
    encoding: 'utf8',
  })
  writeFileSync(join(app, 'sbom.cdx.json'), stable(sbom))
}

/** npm gives every SBOM a number and a time of its own. */
function stable(text) {
  const sbom = JSON.parse(text)
  delete sbom.serialNumber
  delete sbom.metadata.timestamp
  return JSON.stringify(sbom, null, 2)
}

/** The names of the packages that the files of `app` import. */
function imported(app) {
  const names = new Set()
  for (const file of globSync('**/*.js', { cwd: app })) {
    const text = readFileSync(join(app, file), 'utf8')
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*['"]((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^'"]*)?['"]/g))
      names.add(name)
  }
  return names
}

/** Where the lockfile has `name` for whoever is at `from`: nearest first; null where it was left out as optional. */
function resolved(lock, name, from) {
  for (let at = from; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (lock.packages[path] !== undefined) return path
    if (at === '') return null
  }
}

/** Node, what it is linked to, and the two files that name resolution and the user's name need. */
function system(rootfs) {
  const put = (from, to) => {
    mkdirSync(dirname(join(rootfs, to)), { recursive: true })
    cpSync(realpathSync(from), join(rootfs, to))
  }
  const platform = `node-linux-${process.arch}`
  const node = join(root, 'node_modules', platform, 'bin', 'node')
  put(node, 'usr/bin/node')
  for (const [library] of execFileSync('ldd', [node], { encoding: 'utf8' }).matchAll(/\/\S+\.so\S*/g))
    put(library, library)
  mkdirSync(join(rootfs, 'etc'), { recursive: true })
  writeFileSync(join(rootfs, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  writeFileSync(join(rootfs, 'etc/passwd'), 'alcada:x:65532:65532::/app:/nonexistent\n')
  writeFileSync(join(rootfs, 'etc/group'), 'alcada:x:65532:\n')
}

function run(command, args) {
  // Docker's builder takes the time of an image from here.
  const env = { ...process.env, SOURCE_DATE_EPOCH: '0' }
  execFileSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
}
