import type { StopEnded, StopsDesk } from '../stops-desk.ts'
import type { Answers, Asked } from './answers.ts'
import { html } from './html.ts'
import type { Session, Sessions } from './session.ts'
import { stopsPage } from './stops-page.ts'
import { STOP_WORDS } from './stops-words.ts'

export interface ConsoleStopsOptions {
  answers: Answers
  sessions: Pick<Sessions, 'formToken'>
  stops: StopsDesk
  zone: string
}

/** `/console/stops`: what is stopped, and stopping. */
export interface ConsoleStops {
  get(asked: Asked, session: Session): void
  /** The form's token has been looked at. */
  post(asked: Asked, session: Session, form: URLSearchParams): Promise<void>
}

export function consoleStops({ answers, sessions, stops, zone }: ConsoleStopsOptions): ConsoleStops {
  function show(asked: Asked, session: Session, told: { text: string; wrong: boolean } | null): void {
    const { language } = asked
    const words = STOP_WORDS[language]
    if (!stops.maySee(session.approver)) {
      answers.show(asked, session, { status: 403, heading: words.stops, content: html`<p>${words.notYou}</p>` })
      return
    }
    const token = (id: string): string => sessions.formToken(session, id === '' ? [] : [id])
    const content = stopsPage({ listed: stops.list(), language, zone, token, told })
    answers.show(asked, session, { status: told?.wrong === true ? 422 : 200, heading: words.stops, content })
  }
  return {
    get: (asked, session) => show(asked, session, null),
    async post(asked, session, form) {
      const words = STOP_WORDS[asked.language]
      const id = form.get('id')
      if (id !== null) {
        const code = codeOf(await stops.end(session.approver, id))
        return show(asked, session, { text: words[WORD_OF_END[code]], wrong: code === 'overlay_elsewhere' })
      }
      const overlay = await stops.make(session.approver, {
        kind: form.get('kind') ?? '',
        name: form.get('name') ?? '',
        hours: /^\d{1,3}$/.test(form.get('hours') ?? '') ? Number(form.get('hours')) : 0,
        reason: form.get('reason') ?? '',
      })
      show(asked, session, overlay === null ? { text: words.wrong, wrong: true } : { text: words.made, wrong: false })
    },
  }
}

const WORD_OF_END = {
  ended: 'ended',
  asked: 'asked',
  overlay_twice: 'twice',
  overlay_unknown: 'gone',
  overlay_elsewhere: 'elsewhere',
} as const

function codeOf(ended: StopEnded): keyof typeof WORD_OF_END {
  return ended.kind === 'refused' ? ended.code : ended.kind
}
