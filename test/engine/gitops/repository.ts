import { simpleGit } from 'simple-git'
import { copyAsWritten, type TestProject } from '../../helpers/alcada/project.ts'

/** A real git repository with one commit, in which a change is made to the working tree. */
export async function repositoryOf(erp: string | readonly string[]): Promise<TestProject> {
  const project = copyAsWritten(erp)
  await committed(project)
  return project
}

/** Makes a repository of a project, and commits all that is in it. */
export async function committed(project: TestProject): Promise<void> {
  const git = simpleGit({ baseDir: project.root })
  await git.init()
  await git.addConfig('user.name', 'Finance')
  await git.addConfig('user.email', 'finance@example.com.br')
  await git.add('.')
  await git.commit('Start')
}
