import type { Initialized } from './init.ts'

/** What was done, and what only people at GitHub can do. */
export function initText({ written, key, made, keyFile }: Initialized): string {
  return `${written.map((file) => `wrote ${file}\n`).join('')}${made ? 'made' : 'kept'} the release key ${key.id}, good until ${key.not_after.slice(0, 10)}

what is left:
  1. commit these files to main
  2. at GitHub, an environment \`publish\` for main alone: its secret ALCADA_BUNDLE_KEY is the text of
     ${keyFile}; keep that file off this machine afterwards
  3. its variable ALCADA_CHANNEL says where bundles go: a folder, https://… or oci://… (with the secret ALCADA_CHANNEL_TOKEN)
  4. \`GITHUB_TOKEN=… npx alcada protect\` makes the rules of main, \`npx alcada doctor\` names what is still open
  5. run the workflow \`publish\` by hand once, with the commit that reviewed history begins after
`
}
