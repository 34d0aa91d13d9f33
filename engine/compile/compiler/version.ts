/** The one OPA version that may compile policies. `engine/compile/opa/go.mod` is held to it by a test. */
export const OPA_VERSION = '1.22.2'

/** Where upstream publishes its binaries; an asset's address is `<this>/v<version>/<asset>`. */
export const OPA_RELEASES = 'https://github.com/open-policy-agent/opa/releases/download'

/**
 * SHA-256 of upstream's release assets of exactly this version, by asset name, as upstream publishes them beside each
 * asset (`<asset>.sha256`). An asset without a line here is never downloaded: raising the version empties this table.
 */
export const OPA_CHECKSUMS: Readonly<Record<string, string>> = {}

/** Upstream's asset for a platform: `<os>-<cpu>` as Node names them. */
export const OPA_ASSETS: Readonly<Record<string, string>> = {
  'linux-x64': 'opa_linux_amd64_static',
  'linux-arm64': 'opa_linux_arm64_static',
  'darwin-x64': 'opa_darwin_amd64',
  'darwin-arm64': 'opa_darwin_arm64_static',
}
