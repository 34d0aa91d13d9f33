import { type SimpleGit, simpleGit } from 'simple-git'

/** What cannot be proposed. The message says what to do. */
export class ProposeError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ProposeError'
    this.code = code
  }
}

/** `owner/name` of the remote `origin`, whichever way it is written. @throws ProposeError where there is none */
export async function repositoryOf(project: string): Promise<string> {
  const address = await simpleGit({ baseDir: project })
    .raw(['config', '--get', 'remote.origin.url'])
    .catch(() => '')
  const [, path] = /[/:]([^/:]+\/[^/]+?)(?:\.git)?\/?\s*$/.exec(address) ?? []
  if (path !== undefined) return path
  throw new ProposeError(
    'REPOSITORY_UNKNOWN',
    'this clone has no remote `origin` on GitHub; set GITHUB_REPOSITORY to `owner/name`',
  )
}

/** How git reaches the repository at GitHub. */
export interface Remote {
  /** Without a token in it. */
  url: string
  /** `owner/name`, for messages. */
  repository: string
  token: string | undefined
  /** PATH. */
  searchPath: string
  /** Where git's configuration of the user is: proxies and certificates. */
  home: string
}

/** git that shows GitHub its token: by its environment, so that no address, no file and no list of processes holds it. */
export function gitWithToken(folder: string, { token, searchPath, home }: Remote): SimpleGit {
  const env = { PATH: searchPath, HOME: home, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', ...header(token) }
  const unsafe = { allowUnsafeConfigEnvCount: true, allowUnsafeCredentialHelper: true }
  return simpleGit({ baseDir: folder, allowEnvironment: Object.keys(env), unsafe }).env(env)
}

/** No helper of the user's answers where the token does not do: it might be somebody else. */
function header(token: string | undefined): Record<string, string> {
  if (token === undefined) return {}
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    GIT_CONFIG_KEY_1: 'credential.helper',
    GIT_CONFIG_VALUE_1: '',
  }
}
