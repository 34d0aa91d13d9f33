// Which files of secrets are read: their reader's alone, and those that Kubernetes mounts for one process.
import { expect, test } from 'vitest'
import { isReadersAlone } from '../../../servers/credentials/own-file.ts'

const SERVER = { getuid: () => 65532, getgid: () => 65532 }

test.each<[string, number, number, number, boolean]>([
  ['its owner alone may read', 0o600, 65532, 65532, true],
  ['a secret that Kubernetes mounts by fsGroup', 0o440, 0, 65532, true],
  ['a key of root that the group may read', 0o640, 0, 65532, true],
  ['the group may write it', 0o660, 0, 65532, false],
  ['everybody may read it', 0o444, 0, 65532, false],
  ['it is of somebody else who is not root', 0o440, 1000, 65532, false],
  ['it is of another group', 0o440, 0, 100, false],
  ['it is of the group of root', 0o440, 0, 0, false],
])('%s (%o): %s', (_name, mode, uid, gid, taken) => {
  expect(isReadersAlone({ mode: 0o100_000 | mode, uid, gid }, SERVER)).toBe(taken)
})

test('for root, whose group is no protection, a mounted file is one that others can read', () => {
  const root = { getuid: () => 0, getgid: () => 65532 }
  expect(isReadersAlone({ mode: 0o440, uid: 0, gid: 65532 }, root)).toBe(false)
})
