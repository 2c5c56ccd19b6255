import type { PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import { exchangeOf, sendSigned } from '../callbacks/signed-request.ts'
import { callParameters } from './call-parameters.ts'
import { isWebUrl } from '../forms.ts'
import type {
  AudioProgram,
  AudioVerb,
  ConferenceRecord,
  ParticipantRecord
} from './conference-record.ts'
import type { World } from '../world.ts'
import { mostLoops, readAudioDocument } from './audio-document.ts'

/*
 * Music for those who wait or are on hold, and announcements: to one participant, or to all who are inside.
 * Where a program stands is data; whatever takes time is a plan.
 */

/** Whom a program is for: everybody, or one. */
export interface Spot {
  conference: ConferenceRecord
  participant: ParticipantRecord | null
}

export interface AudioEnds {
  /** Something is heard by those for whom the program is. */
  hear: (world: World, spot: Spot, how: 'said' | 'played', what: string, ms: number) => void
  announced: (world: World, spot: Spot, url: string, failure?: string) => void
}

export interface WantedProgram {
  kind: AudioProgram['kind']
  /** null is Twilio's own music, and '' silence. */
  url: string | null
  method: 'GET' | 'POST'
}

/** The music of Twilio's own is not fetched: there is no internet. */
const usualMusic = 'http://com.twilio.music.classical.s3.amazonaws.com/'

const audioStep = 'conference.audio'
/** A document that goes round and round is stopped; the limit is ours. */
const mostDocuments = 1000
/** How fast the voice speaks, and how long a recording plays, that nobody fetches. Our figures. */
const msPerWord = 400
const recordingMs = 5000

export class ConferenceAudio {
  readonly #sender: CallbackSender
  readonly #ends: AudioEnds

  constructor(sender: CallbackSender, planned: PlanHandlers<World>, ends: AudioEnds) {
    this.#sender = sender
    this.#ends = ends
    planned.on(audioStep, (world, { sid, call, turn }) => {
      const spot = spotOf(world, String(sid), call)
      const program = spot === undefined ? null : programAt(spot)
      if (spot === undefined || program === null || program.turn !== turn) return
      program.at++
      this.#proceed(world, spot, program)
    })
  }

  /** In the place of what is heard there now. */
  play(world: World, spot: Spot, { kind, url, method }: WantedProgram): void {
    if (url === '') {
      this.stop(spot)
      return
    }
    const program: AudioProgram = {
      kind,
      turn: ++spot.conference.turns,
      url: url ?? usualMusic,
      documentUrl: '',
      verbs: [],
      at: 0,
      documents: 0
    }
    setProgram(spot, program)
    if (url === null) this.#ends.hear(world, spot, 'played', usualMusic, 0)
    else void this.#ask(world, spot, program, url, method)
  }

  stop(spot: Spot): void {
    setProgram(spot, null)
  }

  async #ask(
    world: World,
    spot: Spot,
    program: AudioProgram,
    url: string,
    method: 'GET' | 'POST'
  ): Promise<void> {
    const { sid } = spot.conference
    const about = { sid, call_sid: spot.participant?.callSid, url }
    if (++program.documents > mostDocuments) {
      world.alert(11215, `more than ${mostDocuments} documents for one program`, about)
      this.#over(world, spot, program, 'too many redirects')
      return
    }
    if (!isWebUrl(url)) {
      world.alert(11100, `no URL to ask: ${url}`, about)
      this.#over(world, spot, program, 'no valid URL')
      return
    }
    const release = world.hold()
    try {
      const parameters = parametersOf(world, spot)
      const result = await sendSigned(world, this.#sender, { url, method, parameters, about })
      if (world.isOver || programAt(spot) !== program) return
      const { answer, alertCode, attempts, reason = 'no answer' } = result
      if (!answer.ok || alertCode !== undefined) {
        if (attempts > 0) {
          const text = `conference ${program.kind}: ${reason}`
          world.alert(alertCode ?? 11200, text, about, exchangeOf(result))
        }
        this.#over(world, spot, program, reason)
        return
      }
      world.journal.append({
        kind: 'conference.asked',
        ...about,
        for: program.kind,
        status: answer.status
      })
      const document = readAudioDocument(answer.contentType, answer.body, answer.url)
      if ('code' in document) {
        world.alert(document.code, document.message, about)
        this.#over(world, spot, program, document.message)
        return
      }
      for (const { code, message } of document.problems) {
        const severity = code === 13238 ? 'error' : 'warning'
        world.alert(code, message, { ...about, severity })
      }
      program.documentUrl = answer.url
      program.verbs = document.verbs
      program.at = 0
      this.#proceed(world, spot, program)
    } finally {
      release()
    }
  }

  #proceed(world: World, spot: Spot, program: AudioProgram): void {
    const verb = program.verbs[program.at]
    if (verb === undefined) {
      this.#over(world, spot, program)
      return
    }
    if (verb.verb === 'Redirect') {
      const url = URL.parse(verb.url, program.documentUrl)?.href ?? verb.url
      void this.#ask(world, spot, program, url, verb.method)
      return
    }
    const ms = lengthOf(verb, program)
    if (verb.verb === 'Say') this.#ends.hear(world, spot, 'said', verb.text, ms)
    if (verb.verb === 'Play') {
      const url = URL.parse(verb.url, program.documentUrl)?.href ?? verb.url
      this.#ends.hear(world, spot, 'played', url, ms)
    }
    const { sid } = spot.conference
    const { callSid: call = null } = spot.participant ?? {}
    world.plan(ms, { kind: audioStep, sid, call, turn: program.turn })
  }

  /** Who waits hears silence after that; an announcement is reported. */
  #over(world: World, spot: Spot, program: AudioProgram, failure?: string): void {
    setProgram(spot, null)
    if (program.kind === 'announcement') this.#ends.announced(world, spot, program.url, failure)
  }
}

function lengthOf(verb: Exclude<AudioVerb, { verb: 'Redirect' }>, { kind }: AudioProgram): number {
  if (verb.verb === 'Pause') return verb.ms
  const once =
    verb.verb === 'Say' ? Math.max(1000, verb.text.split(' ').length * msPerWord) : recordingMs
  if (verb.loop > 0) return once * verb.loop
  return kind === 'announcement' ? once : once * mostLoops
}

function parametersOf(world: World, { conference, participant }: Spot): FormParameter[] {
  const call = world.calls.find(participant?.callSid ?? '')
  const parameters: FormParameter[] =
    call === undefined
      ? [
          ['AccountSid', world.accountSid],
          ['ApiVersion', '2010-04-01']
        ]
      : callParameters(world, call)
  return [
    ...parameters,
    ['ConferenceSid', conference.sid],
    ['FriendlyName', conference.friendlyName]
  ]
}

function spotOf(world: World, sid: string, callSid: unknown): Spot | undefined {
  const conference = world.conferences.find(sid)
  if (conference === undefined) return undefined
  if (callSid === null) return { conference, participant: null }
  const participant = conference.participants.find(other => other.callSid === callSid)
  return participant && { conference, participant }
}

function programAt({ conference, participant }: Spot): AudioProgram | null {
  return (participant ?? conference).program
}

function setProgram({ conference, participant }: Spot, program: AudioProgram | null): void {
  const place = participant ?? conference
  place.program = program
}
