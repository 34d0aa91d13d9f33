// Makes `dist/`, the tree that the package carries: the same folders as the checkout, with JavaScript and declarations
// in place of TypeScript (Node strips no types under node_modules). Relative paths between files stay the same.
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// The image is made from the same tree, elsewhere.
const dist = resolve(root, process.argv[2] ?? 'dist')

rmSync(dist, { recursive: true, force: true })
const { status } = spawnSync(
  join(root, 'node_modules', '.bin', 'tsc'),
  ['-p', '.ci/tsconfig.package.json', '--outDir', dist],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
if (status !== 0) process.exit(1)

// The compiler rewrites the endings of imports, but not of a worker's or a child's address.
for (const file of globSync('**/*.js', { cwd: dist })) {
  const text = readFileSync(join(dist, file), 'utf8')
  const rewritten = text.replace(/(\bnew URL\(\s*(['"])\.[^'"]*)\.ts(\2\s*,\s*import\.meta\.url)/g, '$1.js$3')
  if (rewritten !== text) writeFileSync(join(dist, file), rewritten)
}

// Data that the program reads at run time: ERPs, policies, schemas, templates, the compiler's go.mod and go.sum.
for (const folder of ['engine', 'servers', 'erps', 'policies']) {
  cpSync(join(root, folder), join(dist, folder), { recursive: true, filter: (path) => !/\.(ts|mjs)$/.test(path) })
}
