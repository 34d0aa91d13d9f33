import { Counter, type Registry } from 'prom-client'

/** @param dropped spans that nobody got so far; null where there are no traces */
export function traceMetrics(registry: Registry, dropped: () => number | null): void {
  if (dropped() === null) return
  new Counter({
    name: 'alcada_spans_dropped_total',
    help: 'Spans of traces that their receiver did not get.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(dropped() ?? 0)
    },
  })
}
