import { simpleGit } from 'simple-git'

/** The commit that erps/ and policies/ stand at; null outside a git repository, or while they hold uncommitted changes. */
export async function headCommit(root: string): Promise<string | null> {
  const git = simpleGit({ baseDir: root })
  try {
    const changes = await git.raw(['status', '--porcelain', '--', 'erps', 'policies'])
    return changes === '' ? (await git.revparse(['HEAD'])).trim() : null
  } catch {
    return null
  }
}
