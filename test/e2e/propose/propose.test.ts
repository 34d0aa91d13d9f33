import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openGitHub } from '../../../engine/gitops/github/client.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { copyAsWritten } from '../../helpers/alcada/project.ts'
import { openBrowser, openPage, picture } from '../../helpers/browser/browser.ts'
import { type Clone, cloneAs, seedRepo } from '../../helpers/github/clone.ts'
import { type GitHubStandIn, startGitHub } from '../../helpers/github/stand-in.ts'
import { needs } from '../../helpers/needs.ts'

const REPO = 'acme/policies'
const SECURITY = 'policies/omie/security.yaml'
let stand: GitHubStandIn
let clone: Clone

beforeAll(async () => {
  stand = await startGitHub()
  await stand.addRepo(REPO, { rights: { author: 'write', approver: 'write' } })
  const project = copyAsWritten('omie')
  project.write('.github/approvers.yaml', 'approvers:\n  first: []\n  second: [author, approver]\n')
  // Without its row in the table, another hour is a change without a finding.
  const table = project.read('policies/omie/decisions.yaml')
  project.write('policies/omie/decisions.yaml', table.replace(/^.*nor from six in the evening on.*\n/m, ''))
  await seedRepo(stand, REPO, { folder: project.root })
  project.remove()
  clone = await cloneAs(stand, REPO, 'author')
})
afterAll(async () => {
  await clone.remove()
  await stand.stop()
})

function alcada(args: string[], login = 'author'): Promise<Ran> {
  return runAlcada(['--root', clone.folder, ...args], {
    GITHUB_API_URL: stand.apiUrl,
    GITHUB_SERVER_URL: stand.serverUrl,
    GITHUB_TOKEN: stand.account(login).token,
    ALCADA_OPA: inject('compiler'),
    HOME: clone.folder,
  })
}

const LATER = ['--set', `${SECURITY}:/security/guards/hours/until=19`]

describe('from the command line', () => {
  test('a change is proposed, and says in words what it does', async () => {
    const ran = await alcada(['propose', '-m', 'Pay until seven\n\nThe bank takes them until then.', ...LATER])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toMatch(
      /^pushed [0-9a-f]{7} to alcada\/pay-until-seven\nopened http:\/\/127\.0\.0\.1:\d+\/acme\/policies\/pull\/\d+\nrisk: widening\n/,
    )
    const [pull] = stand.repo(REPO).pulls
    expect(pull?.body).toContain('### ⚠️ Somebody may do more than before')
    expect(pull?.body).toContain(
      'operator calls create\\_payment on omie where the hour is 18: now is allowed, before it was refused (outside\\_hours)',
    )
  })

  test('a mistake is told, and nothing is pushed', async () => {
    const ran = await alcada([
      'propose',
      '-m',
      'Broken',
      '--set',
      'policies/omie/rbac.yaml:/rbac/alcada/settle/1/roles=[aprover]',
    ])
    expect(ran.code).toBe(3)
    expect(ran.out).toMatch(/error ROLE_UNKNOWN[\s\S]*nothing was pushed: mend the errors and propose again\n$/)
    expect(stand.repo(REPO).pulls).toHaveLength(1)
  })

  test('a pull request made in the browser gets the same summary, in one comment however often', async () => {
    await clone.git('fetch', '--quiet', 'origin', 'alcada/pay-until-seven')
    await clone.git('checkout', '--quiet', '--detach', 'FETCH_HEAD')
    await clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/patch-1')
    const { octokit, at } = openGitHub({ apiUrl: stand.apiUrl, token: stand.account('author').token, repository: REPO })
    const { data } = await octokit.rest.pulls.create({ ...at, title: 'Update', head: 'patch-1', base: 'main' })
    expect(
      await alcada(['comment', String(data.number), '--base', 'origin/main'], 'github-actions[bot]'),
    ).toMatchObject({ code: 0 })
    const comments = stand.repo(REPO).comments
    expect(comments.map(({ number, by }) => [number, by.login])).toEqual([[data.number, 'github-actions[bot]']])
    const summary = comments[0]?.body.split('\n').slice(1).join('\n') ?? ''
    expect(stand.repo(REPO).pulls[0]?.body).toContain(summary.trim())
  })
})

const CSS = `body { margin: 0; padding: 24px; background: #fff; color: #1f2328; font: 14px/1.5 -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; width: 920px }
.box { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden } .head { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e }
.body { padding: 16px } h3 { font-size: 1.25em; margin: 0 0 16px } h4 { margin: 24px 0 12px } ul { padding-left: 2em } li:has(input) { list-style: none; margin-left: -1.4em }
table { border-collapse: collapse; margin-bottom: 16px } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left } tr:nth-child(2n) td { background: #f6f8fa }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% "DejaVu Sans Mono", monospace } sub { color: #59636e; font-size: 85% }`

const chromium = needs('chromium')
test.skipIf(chromium.missing !== null)('it looks as it should where GitHub shows it', async () => {
  const [pull] = stand.repo(REPO).pulls
  const shown = micromark(pull?.body ?? '', {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  })
  const browser = await openBrowser()
  try {
    const { page, troubles } = await openPage(browser, { viewport: { width: 968, height: 600 } })
    await page.setContent(
      `<style>${CSS}</style><h2>${pull?.title}</h2><div class="box"><div class="head"><b>author</b> wants to merge 1 commit into <code>main</code></div><div class="body">${shown}</div></div>`,
    )
    expect(await page.locator('h3').first().innerText()).toBe('⚠️ Somebody may do more than before')
    expect(await page.locator('table').first().locator('tr').nth(1).locator('td').count()).toBe(3)
    expect(await page.locator('input[type=checkbox]').count()).toBe(4)
    expect(troubles()).toEqual([])
    await picture(page, 'pull-request')
  } finally {
    await browser.close()
  }
})
