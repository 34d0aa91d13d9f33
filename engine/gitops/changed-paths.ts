import { realpath } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { simpleGit } from 'simple-git'

/** A file that is other than at a commit: changed, added, removed, or not yet known to git. */
export interface ChangedPath {
  /** From the project root with forward slashes; of what stands outside the project, from the top of the repository. */
  path: string
  /** A link or another repository, before or after: what is behind it is not what is reviewed. */
  link: boolean
}

/** Every file that differs between a commit and the working tree, files not yet added included, ignored ones left out. */
export async function changedPaths(project: string, commit: string): Promise<ChangedPath[]> {
  const git = simpleGit({ baseDir: project })
  const top = (await git.revparse(['--show-toplevel'])).trim()
  const prefix = relative(await realpath(top), await realpath(project))
    .split(sep)
    .join('/')
  const whole = simpleGit({ baseDir: top })
  const flags = ['--raw', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none']
  const raw = await whole.raw(['diff', ...flags, commit, '--'])
  const others = await whole.raw(['ls-files', '--others', '--exclude-standard', '-z'])
  const inProject = (path: string): string =>
    prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : path
  // What this machine makes for itself is no part of a change; what somebody commits there is.
  const added = others.split('\0').filter((path) => path !== '' && !inProject(path).startsWith('.alcada/'))
  return [...rawChanges(raw), ...added.map(plain)]
    .map(({ path, link }) => ({ path: inProject(path), link }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `:<mode> <mode> <object> <object> <status>`, NUL, path, NUL (gitformat of `git diff --raw -z`). */
function rawChanges(raw: string): ChangedPath[] {
  const fields = raw.split('\0').filter(Boolean)
  return fields.flatMap((field, at) => {
    const path = fields[at + 1]
    if (!field.startsWith(':') || path === undefined || at % 2 === 1) return []
    const [before = '', after = ''] = field.slice(1).split(' ')
    return [{ path, link: [before, after].some((mode) => mode === '120000' || mode === '160000') }]
  })
}

function plain(path: string): ChangedPath {
  return { path, link: false }
}
