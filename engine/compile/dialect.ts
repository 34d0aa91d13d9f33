/**
 * The builtins a policy may call: those that the WASM has of its own and that agree with OPA's interpreter on every
 * probe. Left out on purpose: `replace` (an empty pattern never returns), `indexof`, `base64.is_valid`, `format_int`,
 * `product`, `json.marshal`, `div` (they differ), `print`, `internal.print`, `rego.metadata.*`; and all that asks its
 * host (`time.*`, `http.send`, …), which would build and fail at the first call.
 */
export const BUILTINS: ReadonlySet<string> = new Set(
  `abs and array.concat array.flatten array.reverse array.slice assign base64.decode base64.encode base64url.decode
  base64url.encode bits.and bits.lsh bits.negate bits.or bits.rsh bits.xor ceil concat contains count endswith eq equal
  floor glob.match graph.reachable gt gte internal.member_2 internal.member_3 internal.template_string intersection
  is_array is_boolean is_null is_number is_object is_set is_string json.filter json.is_valid json.remove json.unmarshal
  lower lt lte max min minus mul neq net.cidr_contains net.cidr_intersects numbers.range object.filter object.get
  object.keys object.remove object.union object.union_n or plus regex.find_all_string_submatch_n regex.is_valid
  regex.match rem round sort split startswith strings.replace_n strings.reverse substring sum to_number trim trim_left
  trim_prefix trim_right trim_space trim_suffix type_name union upper walk`.split(/\s+/),
)

// Without rego_v1 the file is refused; rego_v2 would change what `not` means.
const FEATURES = ['keywords_in_refs', 'rego_v1', 'template_strings']

/**
 * The capabilities file that `opa check` and `opa build` are held to.
 * @param current what `opa capabilities --current` prints
 */
export function restrictCapabilities(current: string): string {
  const all: unknown = JSON.parse(current)
  if (!isCapabilities(all)) throw new Error('expected the capabilities of OPA, got something else')
  return JSON.stringify({
    ...all,
    builtins: all.builtins.filter((builtin) => BUILTINS.has(builtin.name)),
    features: FEATURES,
    allow_net: [],
  })
}

function isCapabilities(value: unknown): value is { builtins: { name: string }[] } {
  if (typeof value !== 'object' || value === null || !('builtins' in value)) return false
  return Array.isArray(value.builtins) && value.builtins.every((one) => typeof one?.name === 'string')
}
