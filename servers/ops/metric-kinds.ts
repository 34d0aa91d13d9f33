import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Makes metrics of one registry. */
export interface MetricKinds {
  counter<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Counter<Label>
  histogram<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Histogram<Label>
  /** Read when it is asked for. A list holds one value for each set of labels; what is not in it is not told. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    read: () => GaugeValue<Label> | Promise<GaugeValue<Label>>,
    labels?: readonly Label[],
  ): void
}

export type GaugeValue<Label extends string> = number | readonly (readonly [Record<Label, string>, number])[]

/** Seconds; from a decision alone to a call that waits for an ERP. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30]

export function metricKinds(registry: Registry): MetricKinds {
  const registers = [registry]
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: labels, registers }),
    histogram: (name, help, labels = []) =>
      new Histogram({ name, help, labelNames: labels, buckets: BUCKETS, registers }),
    gauge(name, help, read, labels = []) {
      new Gauge({
        name,
        help,
        labelNames: labels,
        registers,
        async collect() {
          const value = await read()
          if (typeof value === 'number') return this.set(value)
          this.reset()
          for (const [names, one] of value) this.set(names, one)
        },
      })
    },
  }
}

/** Names that come from outside, so many of them and no more: the rest is told as one. */
export function fewNames(most: number): (name: string) => string {
  const known = new Set<string>()
  return (name) => {
    if (known.has(name)) return name
    if (known.size >= most) return 'others'
    known.add(name)
    return name
  }
}
