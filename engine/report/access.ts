import { printable } from './printable.ts'

/** What a report says of an access diff; engine/gitops makes it. */
export interface AccessReport {
  wider: readonly Line[]
  narrower: readonly Line[]
  obligations: readonly (Line & { loosens: boolean })[]
  unreached: readonly { erp: string; sentence: string }[]
  catalogue: readonly { erp: string; sentence: string }[]
  contexts: number
}

interface Line {
  erp: string
  sentence: string
  count: number
}

/** For people: what gets wider first, then what asks for less, and last what was not looked at. */
export function accessText(report: AccessReport): string {
  const { wider, narrower, obligations, unreached, catalogue, contexts } = report
  const parts = [
    section('Wider', wider.map(counted)),
    section('Asks for less', obligations.filter(({ loosens }) => loosens).map(counted)),
    section('Narrower', narrower.map(counted)),
    section('Asks for more', obligations.filter(({ loosens }) => !loosens).map(counted)),
    section(
      'The ERP itself (needs the second group)',
      catalogue.map(({ sentence }) => sentence),
    ),
    section(
      'Not reached (read it)',
      unreached.map(({ sentence }) => sentence),
    ),
  ].filter((part) => part !== '')
  const end = `${contexts} contexts decided on both sides.\n`
  return parts.length === 0 ? `No difference in what anybody may do. ${end}` : `${parts.join('\n')}\n${end}`
}

function counted({ sentence, count }: Line): string {
  return count === 1 ? sentence : `${sentence} (${count} contexts)`
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`
}
