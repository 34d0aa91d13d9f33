import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleGit } from 'simple-git'

/** A whole commit in a folder of its own, with the history behind it. */
export interface Checkout {
  root: string
  remove(): Promise<void>
}

/** Lays a commit out, as it is there: nothing of the working tree is in it. */
export async function checkoutOf(project: string, commit: string): Promise<Checkout> {
  const root = await mkdtemp(join(tmpdir(), 'alcada-checkout-'))
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true })
  try {
    // Borrows the objects of the project, whose index and list of work trees stay as they are.
    await simpleGit().raw(['clone', '--quiet', '--shared', '--no-checkout', project, root])
    await simpleGit({ baseDir: root }).raw(['checkout', '--quiet', '--detach', commit])
    return { root, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
