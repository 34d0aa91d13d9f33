import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../../../engine/gitops/gate.ts'
import { git } from '../../../helpers/github/git.ts'
import {
  atGitHub,
  clone,
  colleague,
  edit,
  judgedText,
  LIMIT,
  NARROWER,
  proposed,
  RBAC,
  REPO,
  setUp,
  stand,
  write,
} from './proposer.ts'

setUp()

describe('from the working tree', () => {
  const place = async (): Promise<string[]> => [
    await clone.git('status', '--porcelain=v2', '--branch'),
    await clone.git('for-each-ref'),
    await clone.git('stash', 'list'),
    await clone.git('config', '--list', '--local'),
  ]

  test('the change is on a branch and in a pull request, and the user is where they were', async () => {
    await clone.git('checkout', '--quiet', '-b', 'my-own')
    await edit('1000.00', '800.00')
    await write('policies/omie/new.yaml', 'new: 1\n')
    await write('added.md', 'mine\n')
    await clone.git('add', 'added.md')
    await write('notes.txt', 'not for others\n')
    await write('policies/omie/run.log', 'ignored\n')
    const before = await place()
    const { branch, pushed, pull, updated, leftOut } = await proposed(
      'Lower what operators settle alone\n\nThe bank asked.',
    )
    expect({ branch, updated, leftOut }).toEqual({
      branch: 'alcada/lower-what-operators-settle-alone',
      updated: false,
      leftOut: ['notes.txt'],
    })
    const files = await git(stand.repo(REPO).bare, ['diff', '--name-status', 'main', branch])
    expect(files).toBe(`A\tadded.md\nA\tpolicies/omie/new.yaml\nM\t${RBAC}`)
    expect(judgedText).toBe(`${await atGitHub(branch)}\n`)
    expect(pull).toMatchObject({ title: 'Lower what operators settle alone', author: 'author', head: { sha: pushed } })
    expect(pull?.body).toMatch(
      /^The bank asked\.\n\n<!-- alcada:summary -->\n### ✅ Nobody may do more than before; somebody may do less\n/,
    )
    expect(pull?.body).toContain('one of `approver`, `author` who neither opened it nor committed to it')
    expect(pull?.body).toContain('- [ ] Each row under “Somebody may do more” is meant')
    expect(await place()).toEqual(before)
    expect(before.join()).not.toMatch(/token|extraheader/i)
  })

  test('the token stands in no address, no file of the clone and no list of processes', async () => {
    const basic = Buffer.from('x-access-token:token-of-author').toString('base64')
    const lists: string[] = []
    let over = false
    const run = proposed('Secret', { set: [LIMIT] }).finally(() => {
      over = true
    })
    while (!over) lists.push(await git(clone.folder, ['version']).then(() => psList()))
    await run
    expect(lists.some((list) => list.includes('git-remote-http'))).toBe(true)
    expect(lists.filter((list) => list.includes('token-of-author') || list.includes(basic))).toEqual([])
  })

  test('proposed again, it updates the same pull request by one commit more, and keeps what people wrote', async () => {
    await edit('1000.00', '700.00')
    const first = await proposed('Lower it twice')
    const pull = stand.repo(REPO).pulls.find(({ number }) => number === first.pull?.number)!
    pull.body = `Read me first.\n\n${pull.body.replace('- [ ] Each row', '- [x] Each row')}`
    await edit('700.00', '600.00')
    const verdict: Verdict = { ...NARROWER, risk: { ...NARROWER.risk, reasons: ['2 changes let somebody do less'] } }
    const second = await proposed('Lower it twice', { verdict })
    expect([second.pull?.number, second.updated]).toEqual([first.pull?.number, true])
    expect(await git(stand.repo(REPO).bare, ['rev-parse', `${second.pushed}^`])).toBe(first.pushed)
    expect(pull.body).toMatch(/^Read me first\./)
    expect(pull.body).toContain('- [x] Each row')
    expect(pull.body.match(/<!-- alcada:summary -->/g)).toHaveLength(1)
    expect(pull.body).toContain('2 changes let somebody do less')
    expect(pull.body).not.toContain('1 change lets')
    expect(await proposed('Lower it twice')).toMatchObject({ pushed: null, updated: true })
  })

  test('what the default branch got meanwhile elsewhere stays out of the change', async () => {
    await edit('1000.00', '650.00')
    await proposed('Lower later')
    await colleague('main', 'Longer window', (text) => text.replace('window_days: 30', 'window_days: 31'))
    await clone.git('stash', '--quiet')
    await clone.git('pull', '--quiet')
    await clone.git('stash', 'pop', '--quiet')
    await edit('650.00', '640.00')
    const { branch } = await proposed('Lower later')
    expect(await git(stand.repo(REPO).bare, ['diff', '--numstat', `main...${branch}`])).toBe(`1\t1\t${RBAC}`)
  })

  test('a change with an error is not pushed', async () => {
    await edit('1000.00', '1.00')
    const finding = { code: 'X', severity: 'error', file: RBAC, line: 1, column: 1, message: 'm', help: 'h' } as const
    const done = await proposed('Broken', { verdict: { ...NARROWER, findings: [finding] } })
    expect([done.pushed, done.pull]).toEqual([null, null])
    await expect(atGitHub('alcada/broken')).rejects.toThrow()
  })

  test('a dry run pushes nothing, and takes a right to read only', async () => {
    await edit('1000.00', '1.00')
    const done = await proposed('Dry', { dryRun: true, login: 'guest' })
    expect(done.body).toContain('### ✅ Nobody may do more')
    await expect(atGitHub('alcada/dry')).rejects.toThrow()
  })

  test('nothing changed', async () => {
    await write('notes.txt', 'x\n')
    await expect(proposed('Nothing')).rejects.toThrow(
      'nothing differs from the default branch: edit a file below policies/ or erps/, or use --set; not looked at: notes.txt',
    )
  })
})

test('with --set exactly that is proposed on top of the default branch, whatever the user is in the middle of', async () => {
  await edit('rbac:', 'rbac: {{{')
  await proposed('Set two', { set: [LIMIT, `${RBAC}:/rbac/window_days=7`] })
  const main = await atGitHub('main')
  const expected = main.replace('up_to: 1000.00', 'up_to: 900.00').replace(/window_days: \d+/, 'window_days: 7')
  expect(await atGitHub('alcada/set-two')).toBe(expected)
  await expect(proposed('x', { set: [`${RBAC}:/rbac/pay=1`] })).rejects.toThrow(
    'has no `/rbac/pay`: `/rbac` has `up_to`',
  )
  await expect(proposed('x', { set: ['policies/none/rbac.yaml:/a=1'] })).rejects.toThrow('is not on the default branch')
})

describe('what others did is never overwritten', () => {
  test('a commit of somebody else on the branch stops it, until it is brought in', async () => {
    const branch = 'alcada/lower-together'
    await edit('1000.00', '400.00')
    await proposed('Lower together')
    const theirs = await colleague(branch, 'Shorten', (text) => text.replace(/window_days: \d+/, 'window_days: 29'))
    await edit('400.00', '300.00')
    await expect(proposed('Lower together')).rejects.toThrow(
      `\`${branch}\` holds commits that are not yours to replace: ${theirs.slice(0, 7)} Shorten (colleague); bring them in with \`git pull origin ${branch}\``,
    )
    expect(await git(stand.repo(REPO).bare, ['rev-parse', branch])).toBe(theirs)
    await clone.git('checkout', '--quiet', '--', '.')
    await clone.git('pull', '--quiet', '--no-rebase', 'origin', branch)
    await edit('400.00', '300.00')
    await proposed('Lower together')
    expect(await atGitHub(branch)).toMatch(/up_to: 300\.00[\s\S]*window_days: 29/)
  })

  test('nor is one that imitates the mark of `propose`', async () => {
    await edit('1000.00', '450.00')
    const { branch } = await proposed('Imitated')
    await colleague(branch, 'Sly\n\nProposed-With: alcada', (text) => `${text}# sly\n`)
    await edit('450.00', '440.00')
    await expect(proposed('Imitated')).rejects.toMatchObject({ code: 'FOREIGN_COMMITS' })
  })

  test('what the default branch says otherwise in the same place is named', async () => {
    await edit('1000.00', '200.00')
    await colleague('main', 'Elsewhere', (text) => text.replace('1000.00', '1500.00'))
    const refused = proposed('Late')
    await expect(refused).rejects.toThrow(
      `the default branch has changed \`${RBAC}\` in the same place; bring it in with`,
    )
    await colleague('main', 'Back', (text) => text.replace('1500.00', '1000.00'))
  })
})

async function psList(): Promise<string> {
  const { execFile } = await import('node:child_process')
  return new Promise((done) => execFile('ps', ['-eo', 'args'], { maxBuffer: 8_000_000 }, (_, out) => done(out)))
}
