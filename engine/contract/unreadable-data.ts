import type { LoadedModule } from './wasm-instance.ts'

/** What is used of the ABI besides (openpolicyagent.org/docs/wasm). */
interface Exports {
  opa_heap_ptr_set(address: number): void
  opa_heap_ptr_get(): number
  opa_malloc(size: number): number
  opa_json_parse(address: number, length: number): number
  opa_value_add_path(data: number, path: number, value: number): number
}

/** Beyond any memory there can be: whoever follows it there traps. */
const NOWHERE = -16

/**
 * Puts a value at places of a module's data that nobody can look at: an evaluation that comes to its end has not read
 * them, so it comes out the same whatever stands there. One that does read them traps, and the module is of no further use.
 * @param paths places below maps, which the data that the module was given does not hold
 */
export function makeUnreadable(module: LoadedModule, exports: Exports, paths: readonly (readonly string[])[]): void {
  exports.opa_heap_ptr_set(module.dataHeapPtr)
  for (const path of paths) {
    const bytes = new TextEncoder().encode(JSON.stringify(path))
    const address = exports.opa_malloc(bytes.length)
    new Uint8Array(module.mem.buffer).set(bytes, address)
    const parsed = exports.opa_json_parse(address, bytes.length)
    const failed = exports.opa_value_add_path(module.dataAddr, parsed, NOWHERE)
    if (failed !== 0) throw new Error(`expected a place in the data, got \`${path.join('.')}\``)
  }
  module.dataHeapPtr = exports.opa_heap_ptr_get()
}

/** A copy of the data without these places. Null where one is not there, or stands in something that is no map. */
export function withoutPlaces(data: object, paths: readonly (readonly string[])[]): object | null {
  const copy: object = structuredClone(data)
  for (const path of paths) {
    let parent: unknown = copy
    for (const name of path.slice(0, -1)) parent = isMap(parent) ? parent[name] : undefined
    const last = path.at(-1) ?? ''
    if (!isMap(parent) || !Object.hasOwn(parent, last)) return null
    delete parent[last]
  }
  return copy
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
