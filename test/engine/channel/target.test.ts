import { expect, test } from 'vitest'
import { channelTarget } from '../../../engine/channel/target.ts'

test('a channel is a folder, an https address or a repository of a registry', () => {
  expect(channelTarget('/srv/channel')).toEqual({ kind: 'folder', folder: '/srv/channel', open: false })
  expect(channelTarget('https://policies.example/prod')).toEqual({
    kind: 'https',
    base: new URL('https://policies.example/prod/'),
    open: false,
  })
  expect(channelTarget('oci://registry.example:5000/acme/policies')).toEqual({
    kind: 'registry',
    base: new URL('https://registry.example:5000'),
    repository: 'acme/policies',
    open: false,
  })
})

test('without TLS only this machine is a channel, and says that it is open', () => {
  expect(channelTarget('http://127.0.0.1:8080/prod')).toMatchObject({ kind: 'https', open: true })
  expect(channelTarget('oci+http://localhost:5000/policies')).toMatchObject({ kind: 'registry', open: true })
})

test.each([
  '',
  'http://policies.example/prod',
  'https://user:password@policies.example/prod',
  'https://policies.example/prod?X-Signature=1',
  'oci+http://registry.example/policies',
  'oci://registry.example',
  'oci://registry.example/Policies',
  'oci://user:password@registry.example/policies',
  'oci://registry.example/../policies',
  's3://bucket/prod',
  'ftp://policies.example/prod',
])('`%s` is none', (text) => {
  expect(channelTarget(text)).toBeNull()
})
