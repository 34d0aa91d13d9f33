/** Lines around a change that a patch shows. */
const CONTEXT = 3

/**
 * A change of one file as `git apply` takes it: one hunk from the first line that differs to the last.
 * @param path from the repository's root
 * @returns '' where nothing differs
 */
export function patchOf(path: string, before: string, after: string): string {
  if (before === after) return ''
  const [old, next] = [linesOf(before), linesOf(after)]
  let head = 0
  while (head < Math.min(old.length, next.length) && old[head] === next[head]) head += 1
  let tail = 0
  const most = Math.min(old.length, next.length) - head
  while (tail < most && old.at(-1 - tail) === next.at(-1 - tail)) tail += 1
  const from = Math.max(0, head - CONTEXT)
  const kept = Math.min(tail, CONTEXT)
  const lines = [
    ...old.slice(from, head).map((line) => ` ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...next.slice(head, next.length - tail).map((line) => `+${line}`),
    ...old.slice(old.length - tail, old.length - tail + kept).map((line) => ` ${line}`),
  ]
  const span = (all: readonly string[]): string => `${from + 1},${all.length - tail + kept - from}`
  const header = `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -${span(old)} +${span(next)} @@\n`
  return `${header}${lines.join('\n')}\n`
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}
