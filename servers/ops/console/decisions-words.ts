import type { CallEvent } from '../../request/call.ts'
import type { Language } from '../approval-dictionary.ts'

type Shown = CallEvent['outcome'] | 'waits'

const WORDS: Readonly<Record<Language, Readonly<Record<Shown, string>>>> = {
  pt: {
    done: 'feita',
    replayed: 'repetida: mesma resposta',
    dry_run: 'ensaio',
    waits: 'espera aprovação',
    denied: 'negada',
    refused: 'recusada',
    failed: 'falhou',
    unknown: 'não se sabe',
  },
  en: {
    done: 'done',
    replayed: 'repeated: same answer',
    dry_run: 'dry run',
    waits: 'waits for approval',
    denied: 'denied',
    refused: 'refused',
    failed: 'failed',
    unknown: 'not known',
  },
}

const TONES: Readonly<Record<Shown, 'good' | 'bad' | 'odd'>> = {
  done: 'good',
  replayed: 'good',
  dry_run: 'odd',
  waits: 'odd',
  denied: 'bad',
  refused: 'bad',
  failed: 'bad',
  unknown: 'bad',
}

/** What became of a call, for people, and whether that is as somebody wished. */
export function outcomeInWords(
  { outcome, code }: Pick<CallEvent, 'outcome' | 'code'>,
  language: Language,
): { text: string; tone: 'good' | 'bad' | 'odd' } {
  const shown: Shown = code === 'approval_required' ? 'waits' : outcome
  return { text: WORDS[language][shown], tone: TONES[shown] }
}
