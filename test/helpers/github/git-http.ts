import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { git } from './git.ts'
import { closedBranches } from './rules.ts'
import { type Account, type Repo, rightOf } from './world.ts'

// GitHub's words for a push that a ruleset does not let through.
const HOOK = `#!/bin/sh
while read old new ref; do
  for closed in $STAND_IN_CLOSED; do
    if [ "$ref" = "refs/heads/$closed" ]; then
      echo "error: GH013: Repository rule violations found for $ref." >&2
      echo "- Changes must be made through a pull request." >&2
      exit 1
    fi
  done
done
`

/** Makes a bare repository that git can clone from and push to over HTTP. */
export async function createBare(folder: string, branch: string): Promise<void> {
  await git(dirname(folder), ['init', '--quiet', '--bare', '-b', branch, folder])
  await git(folder, ['config', 'http.receivepack', 'true'])
  await writeFile(join(folder, 'hooks', 'pre-receive'), HOOK, { mode: 0o755 })
}

/** Branch → commit. */
export async function branchesOf(bare: string): Promise<Map<string, string>> {
  const text = await git(bare, ['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads'])
  return new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']),
  )
}

/** Whose token a request of git brings: the password of Basic, whatever the name before it. */
export function basicToken(request: IncomingMessage): string {
  const given = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
  return Buffer.from(given, 'base64').toString().split(':').slice(1).join(':')
}

/** Serves one request of git through `git http-backend`, and says who moved a branch. */
export async function serveGit(
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
  repo: Repo | undefined,
  account: Account | null,
): Promise<void> {
  const writes = url.pathname.endsWith('/git-receive-pack') || url.searchParams.get('service') === 'git-receive-pack'
  const right = repo === undefined ? null : rightOf(repo, account)
  if (account === null && (writes || right === null)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Bad credentials')
    return
  }
  if (repo === undefined || right === null) return void response.writeHead(404).end('Repository not found.')
  if (writes && (account === null || right === 'read' || account.lacks.has('contents'))) {
    response.writeHead(403).end(`Permission to ${repo.owner}/${repo.name}.git denied to ${account?.login}.`)
    return
  }
  const before = await branchesOf(repo.bare)
  const named = [...new Set([...before.keys(), repo.defaultBranch])]
  const closed = account === null ? [] : closedBranches(repo, account, named)
  await backend({ request, response, url }, repo, {
    REMOTE_USER: account?.login ?? '',
    STAND_IN_CLOSED: closed.join(' '),
  })
  if (!writes || account === null) return
  for (const [branch, sha] of await branchesOf(repo.bare)) {
    if (before.get(branch) !== sha) repo.pushedBy.set(branch, account.login)
  }
}

function backend(
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
  repo: Repo,
  env: Record<string, string>,
): Promise<void> {
  const header = (name: string): string => String(request.headers[name] ?? '')
  const optional = Object.entries({
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
  }).filter(([, value]) => value !== '')
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: repo.bare,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      REMOTE_ADDR: '127.0.0.1',
      PATH_INFO: url.pathname.split('/').slice(3).join('/').replace(/^/, '/'),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      ...Object.fromEntries(optional),
      ...env,
    },
  })
  request.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  let head: Buffer | null = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    if (head === null) return void response.write(chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    let status = 200
    for (const line of head.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ')
      if (name === 'Status') status = Number.parseInt(value, 10)
      else response.setHeader(name, value)
    }
    response.writeHead(status)
    response.write(head.subarray(end + 4))
    head = null
  })
  return new Promise((resolve) => {
    child.once('error', () => response.destroy())
    child.once('close', () => {
      response.end()
      resolve()
    })
  })
}
