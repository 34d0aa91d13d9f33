/** What is used of the ABI (openpolicyagent.org/docs/wasm, version 1.2 or later). */
interface Exports {
  opa_eval(
    reserved: number,
    entrypoint: number,
    data: number,
    input: number,
    inputLength: number,
    heap: number,
    format: number,
  ): number
  builtins(): number
  opa_json_dump(value: number): number
}

/** A module with its data set, as opa-wasm leaves it; the fields are its LoadedPolicy's. */
export interface LoadedModule {
  wasmInstance: { exports: Exports }
  mem: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  dataAddr: number
  dataHeapPtr: number
  entrypoints: Record<string, number>
}

export interface WasmInstance {
  entrypoints: Readonly<Record<string, number>>
  /** Names of the builtins the module wants from its host. */
  builtins: readonly string[]
  /** The entrypoint's value; undefined when it has none. Throws what the module throws. */
  evaluate(entrypoint: number, inputJson: string): unknown
  /** What `evaluate` reads, as the module writes it: the same text is the same answer. Throws what the module throws. */
  evaluateText(entrypoint: number, inputJson: string): string
}

const PAGE = 65_536
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Evaluates by the one call the ABI has for it, the input written straight into the module's memory: opa-wasm's own
 * `evaluate` does the same with a copy more and a search byte by byte for the answer's end.
 */
export function wasmInstance(module: LoadedModule): WasmInstance {
  const { mem, dataAddr, dataHeapPtr, entrypoints } = module
  const { exports } = module.wasmInstance

  const read = (address: number): string => {
    const bytes = new Uint8Array(mem.buffer)
    return decoder.decode(bytes.subarray(address, bytes.indexOf(0, address)))
  }
  const evaluateText = (entrypoint: number, inputJson: string): string => {
    // A UTF-16 code unit takes at most three bytes in UTF-8.
    const missing = dataHeapPtr + inputJson.length * 3 - mem.buffer.byteLength
    if (missing > 0) mem.grow(Math.ceil(missing / PAGE))
    const { written } = encoder.encodeInto(inputJson, new Uint8Array(mem.buffer, dataHeapPtr))
    return read(exports.opa_eval(0, entrypoint, dataAddr, dataHeapPtr, written, dataHeapPtr + written, 0))
  }
  const builtins: unknown = JSON.parse(read(exports.opa_json_dump(exports.builtins())))

  return {
    entrypoints,
    builtins: typeof builtins === 'object' && builtins !== null ? Object.keys(builtins) : [],
    evaluateText,
    evaluate: (entrypoint, inputJson) => resultIn(evaluateText(entrypoint, inputJson)),
  }
}

/** The one result of an evaluation's text; undefined where it has none. */
export function resultIn(text: string): unknown {
  const results: unknown = JSON.parse(text)
  return Array.isArray(results) && results.length === 1 ? resultOf(results[0]) : undefined
}

function resultOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'result' in entry ? entry.result : undefined
}
