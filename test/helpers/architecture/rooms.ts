/** What a room may import of ours: whole modules, or types only. Section 6 of the design, row by row. */
export type Rule = { all: readonly string[]; types: readonly string[] }

const contract = 'engine/contract'
const stages = ['load', 'validate', 'compile', 'bundle', 'publish'].map((name) => `engine/${name}`)
/** What both sides of a channel read it by. */
const channel = 'engine/channel'
const engine = [
  contract,
  channel,
  ...stages,
  ...['gitops', 'access', 'report', 'sandbox', 'sandbox/generic', 'operate', 'commands'].map(
    (name) => `engine/${name}`,
  ),
]
const servers = ['policy', 'identity', 'credentials', 'erp', 'state', 'request', 'mcp', 'ops'].map(
  (name) => `servers/${name}`,
)

const only = (...all: string[]): Rule => ({ all, types: [] })
const withTypes = (all: string[], ...types: string[]): Rule => ({ all, types })

export const rooms: Readonly<Record<string, Rule>> = {
  'engine/contract': only(),
  'engine/load': only(contract),
  'engine/validate': only(contract, 'engine/load'),
  'engine/compile': only(contract, 'engine/load', 'engine/validate'),
  'engine/bundle': only(contract, 'engine/compile'),
  'engine/channel': only(contract),
  'engine/publish': only(contract, channel, 'engine/bundle'),
  'engine/gitops': only(contract, channel, ...stages, 'engine/report'),
  'engine/access': only(contract, 'engine/report'),
  'engine/report': only(contract),
  'engine/sandbox': only('erps/sandbox'),
  // Reads what people write about an ERP; the stand-ins that are written in code know nothing of ours.
  'engine/sandbox/generic': only(contract, 'engine/sandbox'),
  'engine/operate': only(contract, 'engine/load', 'engine/report'),
  'engine/commands': only(...engine, 'package'),
  'servers/policy': only(contract, channel),
  'servers/identity': withTypes([contract], 'servers/state'),
  'servers/credentials': only(contract),
  'servers/erp': withTypes([contract], 'servers/credentials'),
  'servers/state': only(contract),
  'servers/request': withTypes([contract], 'servers/policy', 'servers/state', 'servers/erp', 'servers/identity'),
  'servers/mcp': withTypes([contract], 'servers/request'),
  'servers/ops': withTypes([contract], ...servers),
  // What joins the rooms into one server, in small files.
  'servers/wiring': only(contract, channel, ...servers),
  servers: only(contract, channel, ...servers, 'servers/wiring', 'package'),
}

/** Files that stand directly in `engine/` or `servers/`, and the room they belong to. */
const loose: Readonly<Record<string, string>> = {
  'engine/cli.ts': 'engine/commands',
  'engine/alcada.mjs': 'engine/commands',
  'servers/main.ts': 'servers',
  'servers/front.ts': 'servers',
  'servers/config.ts': 'servers',
  'servers/server.ts': 'servers',
}

/** Single files that may reach into one more room than their own room may. */
export const exceptions: Readonly<Record<string, string>> = {
  // It is spawned, not imported: a process of its own.
  'engine/commands/server-process.ts': 'servers',
  'engine/commands/audit.ts': 'servers/state',
  'engine/commands/backup.ts': 'servers/state',
  'engine/commands/restore.ts': 'servers/state',
  'engine/commands/restore-postgres.ts': 'servers/state',
  // It has to see of an upstream exactly what the server will see, through the same confinement.
  'engine/commands/import-tools.ts': 'servers/erp',
}

/** The room of a path from the top, or null where the design has none. */
export function roomOf(path: string): string | null {
  const [top = '', second = ''] = path.split('/')
  if (top === 'test') return 'test'
  if (path === 'package.json') return 'package'
  if (/^erps\/[^/]+\/sandbox\//.test(path)) return 'erps/sandbox'
  const own = loose[path]
  if (own !== undefined) return own
  const inner = path.split('/').slice(0, 3).join('/')
  if (inner in rooms) return inner
  const room = `${top}/${second}`
  return path.split('/').length > 2 && room in rooms ? room : null
}

export const topLevel: ReadonlySet<string> = new Set(
  `policies erps engine servers test .github .ci package.json tsconfig.json README.md README.pt-BR.md
   package-lock.json LICENSE biome.json vitest.config.ts .npmrc .gitignore`.split(/\s+/),
)

/** The one file of each side that may read the environment. */
export const environmentReaders: readonly string[] = ['servers/config.ts', 'engine/commands/environment.ts']
