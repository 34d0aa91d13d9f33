import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { subjectToken } from '../contract/personal/seen.ts'
import { subjectsFor } from '../contract/personal/subject.ts'
import { type CallRecord, callRecords } from '../report/privacy/call-record.ts'
import { incidentOf } from '../report/privacy/incident.ts'
import { incidentText } from '../report/privacy/incident-text.ts'
import { monthCsv, monthOf, monthPage } from '../report/privacy/month.ts'
import { type Sighting, sightingLine, sightingsOf } from '../report/privacy/sightings.ts'
import { type AuditOptions, archivesOf, inAudit, maskKeyOf } from './audit.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { workplaceOf } from './workplace.ts'

interface PrivacyOptions extends AuditOptions {
  /** None: all that have a state here. */
  erps: readonly string[]
}

/** `alcada audit subject`: who saw a person's data. The identifier comes through stdin, so that no shell remembers it. */
export async function auditSubject(options: PrivacyOptions): Promise<ExitCode> {
  const identifier = (await text(process.stdin)).trim()
  if (identifier === '') throw new Error('expected a CPF, CNPJ, e-mail, telephone number, PIX key or name on stdin')
  const subjects = subjectsFor(identifier)
  const sightings: Sighting[] = []
  for (const erp of await erpsOf(options)) {
    const key = maskKeyOf(options, erp)
    const tokens = new Set(subjects.map((subject) => subjectToken(subject, key)))
    for (const sighting of sightingsOf(await callsOf(options, erp), tokens)) sightings.push(sighting)
  }
  const told = sightings.length === 0 ? 'nobody was shown anything of it\n' : sightings.map(sightingLine).join('')
  process.stdout.write(options.format === 'json' ? `${JSON.stringify({ sightings })}\n` : told)
  return EXIT.done
}

/** `alcada audit incident`: what a notice to the ANPD needs, as far as the ledger knows it. */
export async function auditIncident(
  options: PrivacyOptions & { from: string; to: string; caller?: string; known?: string; holiday?: readonly string[] },
): Promise<ExitCode> {
  const { from, to, caller = null, known, holiday = [] } = options
  const incident = incidentOf(await allCalls(options), {
    fromMs: instantOf(from),
    toMs: instantOf(to),
    caller,
    knownMs: known === undefined ? Date.now() : instantOf(known),
    holidays: holiday,
  })
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(incident)}\n` : incidentText(incident))
  return EXIT.done
}

/** `alcada audit report`: one month, as a table for spreadsheets and as a page. */
export async function auditReport(options: PrivacyOptions & { month: string; out: string }): Promise<ExitCode> {
  const { month, out } = options
  const rows = monthOf(await allCalls(options), month)
  await mkdir(out, { recursive: true })
  const files = [join(out, `alcada-${month}.csv`), join(out, `alcada-${month}.html`)]
  await writeFile(files[0] ?? '', monthCsv(rows), { mode: 0o600 })
  await writeFile(files[1] ?? '', monthPage(rows, month), { mode: 0o600 })
  const told = `${rows.length} rows in ${files.join(' and ')}\n`
  process.stdout.write(options.format === 'json' ? `${JSON.stringify({ month, rows, files })}\n` : told)
  return EXIT.done
}

async function erpsOf({ root, environment, erps }: PrivacyOptions): Promise<readonly string[]> {
  if (erps.length > 0) return erps
  if (environment.passed['ALCADA_STATE_DIR'] !== undefined)
    throw new Error('expected the ERP that ALCADA_STATE_DIR is of')
  return (await readdir(join(workplaceOf(root).folder, 'state'))).sort()
}

async function allCalls(options: PrivacyOptions): Promise<CallRecord[]> {
  const calls: CallRecord[] = []
  for (const erp of await erpsOf(options)) for (const call of await callsOf(options, erp)) calls.push(call)
  return calls
}

async function callsOf(options: AuditOptions, erp: string): Promise<CallRecord[]> {
  return inAudit(options, erp, async (audit) => {
    const read = async (replica: string): Promise<CallRecord[]> =>
      callRecords(erp, audit.rows(replica, archivesOf(options, erp)))
    const calls: CallRecord[] = []
    for (const replica of await audit.chains()) for (const call of await read(replica)) calls.push(call)
    return calls.sort((a, b) => a.at_ms - b.at_ms)
  })
}

/** A day begins at midnight in Brasília, which has had no summer time since 2019 (Decreto 9.772/2019). */
function instantOf(written: string): number {
  const instant = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00-03:00` : written)
  if (Number.isNaN(instant)) throw new Error(`expected a day or an instant (ISO 8601), got \`${written}\``)
  return instant
}
