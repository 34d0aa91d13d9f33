import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { git, signedBy } from './git.ts'
import type { GitHubStandIn } from './stand-in.ts'

/** Somebody's clone of a repository of the stand-in. */
export interface Clone {
  folder: string
  /** git in it, with that person's name and token. */
  git(...args: string[]): Promise<string>
  /** Writes files and commits nothing. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  /** Writes files, commits them all and returns the commit. */
  commit(message: string, files?: Readonly<Record<string, string>>): Promise<string>
  remove(): Promise<void>
}

/** Clones over HTTP as this account. The clone keeps no token: its address has none, and git gets it by its environment. */
export async function cloneAs(github: GitHubStandIn, name: string, login: string): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), 'alcada-clone-'))
  const env = { ...signedBy(login, login), ...tokenEnvironment(github.account(login).token) }
  const run = (...args: string[]): Promise<string> => git(folder, args, env)
  await run('clone', '--quiet', `${github.serverUrl}/${name}.git`, '.')
  await run('config', 'user.name', login)
  await run('config', 'user.email', `${login}@example.test`)
  return {
    folder,
    git: run,
    write: (files) => writeFiles(folder, files),
    async commit(message, files = {}) {
      await writeFiles(folder, files)
      await run('add', '--all')
      await run('commit', '--quiet', '--message', message)
      return run('rev-parse', 'HEAD')
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Puts the first commit of a new repository on its default branch. */
export async function seedRepo(
  github: GitHubStandIn,
  name: string,
  from: { folder?: string; files?: Readonly<Record<string, string>> },
): Promise<string> {
  const { bare, defaultBranch } = github.repo(name)
  const folder = await mkdtemp(join(tmpdir(), 'alcada-seed-'))
  try {
    await git(folder, ['init', '--quiet', '-b', defaultBranch])
    if (from.folder !== undefined) await cp(from.folder, folder, { recursive: true })
    await writeFiles(folder, from.files ?? {})
    await git(folder, ['add', '--all'])
    await git(folder, ['commit', '--quiet', '--message', 'Begin'], signedBy('founder', 'founder'))
    await git(folder, ['push', '--quiet', bare, `HEAD:refs/heads/${defaultBranch}`])
    return await git(folder, ['rev-parse', 'HEAD'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

function tokenEnvironment(token: string): Record<string, string> {
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  }
}
