import type { MutationReport, Unnoticed } from './mutate.ts'

/** The report as a person reads it: the score, then every survivor with its place and the lines that nobody missed. */
export function mutationText(report: MutationReport): string {
  const { target, survivors, equivalent } = report
  return [
    `${target}: ${scoreWords(report)}`,
    `  ${countWords(report)}`,
    ...survivors.flatMap((one) => ['', ...changeOf('nobody noticed', one)]),
    ...(survivors.length === 0
      ? []
      : ['', '  add a test, or a row to decisions.yaml, that comes out otherwise with the change']),
    ...equivalent.flatMap((one) => [
      '',
      ...changeOf('no survivor', one),
      `  under the configuration as it stands, none of ${one.contexts} contexts of the access diff comes out otherwise,`,
      '  though others at this place do; another configuration may tell them apart',
    ]),
    '',
  ].join('\n')
}

/** Killed of those that could be, as a share; 1 where none could. */
export function score({ killed, survivors }: MutationReport): number {
  const noticed = killed.rego_tests + killed.table
  const counted = noticed + survivors.length
  return counted === 0 ? 1 : Math.round((noticed / counted) * 10_000) / 10_000
}

function scoreWords(report: MutationReport): string {
  const { killed, survivors } = report
  const noticed = killed.rego_tests + killed.table
  const by = `${killed.rego_tests} by Rego tests, ${killed.table} by the table`
  return `${noticed} of ${noticed + survivors.length} mistakes were noticed (${by}), ${survivors.length} survived`
}

function countWords({ all, tried, seed, invalid, same, outside, equivalent }: MutationReport): string {
  const sample = tried === all ? `all ${all} were tried` : `${tried} of ${all} were tried (seed ${seed})`
  const left = [
    [invalid, 'do not compile or are refused by the validator'],
    [outside, 'are of keys that servers enforce in code and no rule reads'],
    [same, 'change nothing that is built'],
    [equivalent.length, 'come out the same in every context'],
  ] as const
  const words = left.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]))
  return words.length === 0 ? sample : `${sample}; not counted: ${words.join(', ')}`
}

function changeOf(verdict: string, { file, line, column, kind, before, after }: Unnoticed): string[] {
  return [
    `${file}:${line}:${column} ${kind}: ${verdict}`,
    ...before.map((text) => `  - ${text.trimEnd()}`),
    ...after.map((text) => `  + ${text.trimEnd()}`),
  ]
}
