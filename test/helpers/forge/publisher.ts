import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { packBundle } from '../../../engine/bundle/pack.ts'
import { signBundle } from '../../../engine/bundle/sign.ts'
import { gunzip } from '../../../engine/contract/bundle-verify.ts'
import { readTar } from '../../../engine/contract/tar.ts'
import { publishBundle } from '../../../engine/publish/bundle.ts'
import { folderWriter } from '../../../engine/publish/folder.ts'
import { forgeClaims } from './bundle.ts'

/** A process of its own that publishes: arguments channel folder, bundle with the files, private key as PEM, how often. */
const [channelDir = '', filesFrom = '', keyFile = '', times = '1'] = process.argv.slice(2)
const files = readTar(gunzip(readFileSync(filesFrom)))
const privateKey = createPrivateKey(readFileSync(keyFile, 'utf8'))
const signer = { keyId: 'release-1', sign: (content: Uint8Array) => sign(null, content, privateKey) }

const revisions: number[] = []
for (let time = 0; time < Number(times); time++) {
  const { revision } = await publishBundle({
    channel: folderWriter(channelDir),
    erp: 'omie',
    bundle: async (next) => packBundle(await signBundle(files, forgeClaims({ revision: next }), signer)),
  })
  revisions.push(revision)
}
process.stdout.write(JSON.stringify(revisions))
