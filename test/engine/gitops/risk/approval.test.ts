import { describe, expect, test } from 'vitest'
import { approvedBy, neededApprovals, type Review } from '../../../../engine/gitops/risk/approval.ts'

const HEAD = 'c'.repeat(40)
const EARLIER = 'b'.repeat(40)
const GROUPS = { first: ['ana', 'rui'], second: ['eva', 'leo'] }

function review(login: string, state: Review['state'], more: Partial<Review> = {}): Review {
  return { login, state, commit: HEAD, submittedAt: '2026-11-25T10:00:00Z', ...more }
}

const judged = (reviews: Review[], more: object = {}): unknown =>
  approvedBy({ author: 'ana', reviews, groups: GROUPS, risk: 'narrowing', head: HEAD, ...more })

test('what narrows is approved by either group, what widens or changes code by the second', () => {
  expect(neededApprovals('neutral', GROUPS)).toEqual({ count: 1, group: 'any', people: ['ana', 'eva', 'leo', 'rui'] })
  expect(neededApprovals('narrowing', GROUPS).group).toBe('any')
  expect(neededApprovals('widening', GROUPS)).toEqual({ count: 1, group: 'second', people: ['eva', 'leo'] })
  expect(neededApprovals('code', GROUPS).people).toEqual(['eva', 'leo'])
})

test('an author and one approver are a whole team', () => {
  const groups = { first: ['ana'], second: ['eva'] }
  const reviews = [review('eva', 'APPROVED')]
  expect(judged(reviews, { groups, risk: 'code' })).toEqual({ approved: true, approvers: ['eva'], missing: null })
})

test('capital letters in a login make no difference', () => {
  expect(judged([review('Rui', 'APPROVED')])).toEqual({ approved: true, approvers: ['rui'], missing: null })
  expect(judged([review('ANA', 'APPROVED')], { author: 'Ana' })).toMatchObject({ approved: false })
})

describe('does not count', () => {
  test.each<[string, Review[], object, string]>([
    [
      'nothing at all',
      [],
      {},
      'needs the approval of somebody of the approvers who is not its author: eva or leo or rui',
    ],
    [
      'the approval of the author',
      [review('ana', 'APPROVED')],
      {},
      'needs the approval of somebody of the approvers who is not its author: eva or leo or rui',
    ],
    [
      'that of somebody who committed to it',
      [review('eva', 'APPROVED')],
      { risk: 'widening', committers: ['Eva'] },
      'needs the approval of somebody of the second group who is not its author: leo',
    ],
    [
      'that of the first group for what widens',
      [review('rui', 'APPROVED')],
      { risk: 'widening' },
      'needs the approval of somebody of the second group who is not its author: eva or leo',
    ],
    [
      'that of somebody in no group',
      [review('mallory', 'APPROVED')],
      {},
      'needs the approval of somebody of the approvers who is not its author: eva or leo or rui',
    ],
    [
      'an approval of an earlier commit',
      [review('rui', 'APPROVED', { commit: EARLIER })],
      {},
      'rui approved an earlier commit: ccccccc was not looked at',
    ],
    [
      'one that was dismissed',
      [review('rui', 'DISMISSED')],
      {},
      'needs the approval of somebody of the approvers who is not its author: eva or leo or rui',
    ],
    [
      'one that was taken back, in whatever order the reviews come',
      [
        review('rui', 'CHANGES_REQUESTED', { submittedAt: '2026-11-25T11:00:00Z' }),
        review('rui', 'APPROVED', { submittedAt: '2026-11-25T10:00:00Z' }),
      ],
      {},
      'rui asked for changes',
    ],
    [
      'one beside which another approver asks for changes, even of an earlier commit',
      [review('rui', 'APPROVED'), review('leo', 'CHANGES_REQUESTED', { commit: EARLIER })],
      {},
      'leo asked for changes',
    ],
    [
      'a remark',
      [review('rui', 'COMMENTED')],
      {},
      'needs the approval of somebody of the approvers who is not its author: eva or leo or rui',
    ],
    [
      'anything while nobody else is listed',
      [review('rui', 'APPROVED')],
      { groups: { first: ['ana'], second: [] }, risk: 'code' },
      'needs the approval of somebody of the second group who is not its author, and nobody is listed there',
    ],
  ])('%s', (_, reviews, more, missing) => {
    expect(judged(reviews, more)).toEqual({ approved: false, approvers: [], missing })
  })
})

test('a remark after an approval leaves it standing, and so does what a stranger wants changed', () => {
  const later = { submittedAt: '2026-11-25T12:00:00Z' }
  const reviews = [review('rui', 'APPROVED'), review('rui', 'COMMENTED', later), review('zoe', 'CHANGES_REQUESTED')]
  expect(judged(reviews)).toEqual({ approved: true, approvers: ['rui'], missing: null })
})

test('who asked for changes may approve later', () => {
  const reviews = [
    review('rui', 'APPROVED', { submittedAt: '2026-11-25T12:00:00Z' }),
    review('rui', 'CHANGES_REQUESTED', { commit: EARLIER }),
  ]
  expect(judged(reviews)).toEqual({ approved: true, approvers: ['rui'], missing: null })
})
