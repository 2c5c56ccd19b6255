import type { Plan } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { cookieHeader, keepCookies } from '../carrier/cookies.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import { exchangeOf, sendSigned, type SignedRequestResult } from '../callbacks/signed-request.ts'
import { isWebUrl } from '../forms.ts'
import { isOver } from '../lifecycles/call.ts'
import { handsetOf } from '../resources/call.ts'
import type { World } from '../world.ts'
import { callParameters } from './call-parameters.ts'
import { tokenOf } from './call-token.ts'
import type { CallRecord } from './call-record.ts'
import { hear } from './people.ts'
import type { Departure, Question, Stage } from './stage.ts'
import { note } from './transcript.ts'
import { readDocument } from './twiml-document.ts'
import { dial as dialHandler, leftRoom, type Dial } from './verbs/dial.ts'
import { handlerOf, type VoiceVerb } from './voice-verbs.ts'

/*
 * What the application makes of a call: it is asked for a document, whose verbs take their time one after another.
 * Where a call stands is data in its record, and whatever takes time is a plan: `call.step` with the turn of the call,
 * so that a step that is no longer awaited is nothing. What a verb does is the matter of its own file.
 * https://www.twilio.com/docs/voice/twiml
 */

export const callStep = 'call.step'

/** What a document does to the calls themselves. */
export type CallControl = Pick<
  Stage,
  'answer' | 'hangUp' | 'reject' | 'ring' | 'dropLeg' | 'tell' | 'recorder' | 'rooms'
> & {
  /** Of a call that nobody answered. */
  readonly fail: (world: World, call: CallRecord) => void
}

/** A document that is to be asked for. */
interface Asked extends Question {
  isFallback?: boolean
}

/** A document that sends the call on and on without a word is stopped; the limit is ours. */
const mostDocuments = 1000
const mostRequests = 100
const longestBody = 16_000

const apology = 'We are sorry, an application error has occurred. Goodbye.'

export class Interpreter {
  readonly #sender: CallbackSender
  readonly #control: CallControl
  readonly #stage: Stage
  /** Calls whose verbs are being gone through, and those of them that are to go on. */
  readonly #proceeding = new Set<CallRecord>()
  readonly #waiting = new Set<CallRecord>()

  constructor(sender: CallbackSender, control: CallControl) {
    this.#sender = sender
    this.#control = control
    this.#stage = {
      ...control,
      next: (world, call) => this.#next(world, call),
      ask: (world, call, question) => void this.#ask(world, call, this.#resolved(call, question)),
      report: (world, call, question) =>
        void this.#report(world, call, this.#resolved(call, question)),
      await: (world, call, ms, step) => awaitStep(world, call, ms, step),
      stopWaiting: call => {
        call.turn++
      },
      alert: (world, call, code, message, severity) => {
        const { sid, from, to } = call
        world.alert(code, message, { sid, from, to, ...(severity ? { severity } : {}) })
      }
    }
  }

  /** Asks what is to happen, from the beginning. */
  begin(world: World, call: CallRecord): void {
    const { url, twiml, method } = call.settings
    if (url === null) this.#read(world, call, { body: twiml ?? '', documentUrl: '' })
    else void this.#ask(world, call, { url, method })
  }

  /** Whatever is going on ends at once, and this begins. */
  redirect(
    world: World,
    call: CallRecord,
    to: { url: string; method: 'GET' | 'POST' } | { twiml: string }
  ): void {
    note(world, call, 'redirected', 'the application redirects the call')
    this.leave(world, call, 'redirected')
    if ('twiml' in to) this.#read(world, call, { body: to.twiml, documentUrl: '' })
    else void this.#ask(world, call, to)
  }

  /** The call is over, or goes elsewhere: the verb that it is at lets go of what it holds. */
  leave(world: World, call: CallRecord, why: Departure): void {
    const verb = verbOf(call)
    if (verb !== undefined) handlerOf(verb).leave?.(this.#stage, world, call, verb, why)
    call.script = null
    call.turn++
  }

  /** Something that was awaited is due. */
  takeStep(world: World, call: CallRecord, { step }: Plan): void {
    const verb = verbOf(call)
    if (verb === undefined || isOver(call.status)) return
    handlerOf(verb).step?.(this.#stage, world, call, verb, String(step))
  }

  /** The person presses keys, one after another; gives whether any was listened to. */
  press(world: World, call: CallRecord, digits: string): boolean {
    note(world, call, 'press', `the person presses ${digits}`)
    let isHeard = false
    for (const key of digits) {
      const verb = call.status === 'in-progress' ? verbOf(call) : undefined
      if (verb === undefined) break
      isHeard = (handlerOf(verb).pressed?.(this.#stage, world, call, verb, key) ?? false) || isHeard
    }
    world.journal.append({
      kind: 'call.pressed',
      sid: call.sid,
      number: handsetOf(call),
      digits,
      heard: isHeard
    })
    return isHeard
  }

  /** The person says something, which takes its time. Gives whether a verb listened. */
  speak(world: World, call: CallRecord, words: string, ms: number): boolean {
    const verb = verbOf(call)
    if (verb === undefined) return false
    return handlerOf(verb).spoken?.(this.#stage, world, call, verb, words, ms) ?? false
  }

  /** A leg that the call's Dial has made was answered; has heard its document; is over or gone elsewhere. */
  legAnswered(world: World, parent: CallRecord, leg: CallRecord): void {
    const verb = dialOf(parent)
    if (verb !== undefined) dialHandler.legAnswered?.(this.#stage, world, parent, verb, leg)
  }

  legReady(world: World, parent: CallRecord, leg: CallRecord): void {
    const verb = dialOf(parent)
    if (verb !== undefined) dialHandler.legReady?.(this.#stage, world, parent, verb, leg)
  }

  legOver(world: World, parent: CallRecord, leg: CallRecord): void {
    const verb = dialOf(parent)
    if (verb !== undefined) dialHandler.legOver?.(this.#stage, world, parent, verb, leg)
  }

  /** A conference lets the call go, which goes on behind its Dial. */
  leftRoom(world: World, call: CallRecord): void {
    const verb = dialOf(call)
    if (verb !== undefined) leftRoom(this.#stage, world, call, verb)
  }

  #resolved(call: CallRecord, question: Question): Question {
    const { documentUrl = '' } = call.script ?? {}
    const url = URL.parse(question.url, documentUrl)?.href ?? question.url
    return { ...question, url }
  }

  async #ask(world: World, call: CallRecord, asked: Asked): Promise<void> {
    const { url, isFallback = false } = asked
    const about = { sid: call.sid, from: call.from, to: call.to, url }
    const turn = ++call.turn
    call.script = null
    if (++call.documents > mostDocuments) {
      world.alert(11215, `more than ${mostDocuments} documents for one call`, about)
      this.#giveUp(world, call)
      return
    }
    if (!isWebUrl(url)) {
      world.alert(11100, `no URL to ask: ${url}`, about)
      this.#recover(world, call, { code: 11100, url, isFallback })
      return
    }
    const release = world.hold()
    try {
      const result = await this.#send(world, call, asked)
      if (world.isOver || call.turn !== turn || isOver(call.status)) return
      const { answer, alertCode } = result
      if (!answer.ok || alertCode !== undefined) {
        this.#recover(world, call, { code: alertCode ?? 11200, url, isFallback })
        return
      }
      const { contentType, body, url: documentUrl } = answer
      this.#read(world, call, { body, documentUrl, contentType, isFallback })
    } finally {
      release()
    }
  }

  /** Of a call that is over. */
  async #report(world: World, call: CallRecord, asked: Question): Promise<void> {
    if (!isWebUrl(asked.url)) return
    const release = world.hold()
    try {
      await this.#send(world, call, asked)
    } finally {
      release()
    }
  }

  async #send(world: World, call: CallRecord, asked: Asked): Promise<SignedRequestResult> {
    const { url, method, more = [] } = asked
    const about = { sid: call.sid, from: call.from, to: call.to, url }
    const token: FormParameter[] =
      call.direction === 'inbound' ? [['CallToken', tokenOf(call)]] : []
    const parameters = [...callParameters(world, call), ...token, ...more]
    const at = world.now()
    const cookie = cookieHeader(world.cookieJars, call.sid, url, at)
    const result = await sendSigned(world, this.#sender, {
      url,
      method,
      parameters,
      about,
      ...(cookie === undefined ? {} : { cookie })
    })
    if (world.isOver) return result
    const { answer, alertCode, attempts, reason = 'no answer' } = result
    if (call.requests.length < mostRequests) {
      call.requests.push({
        at,
        method,
        url,
        parameters: parameters.map(([name, value]) => [name, value]),
        status: answer.ok ? answer.status : null,
        contentType: answer.ok ? answer.contentType : '',
        body: answer.ok ? answer.body.slice(0, longestBody) : '',
        tookMs: world.now() - at
      })
    }
    if (!answer.ok || alertCode !== undefined) {
      const code = alertCode ?? 11200
      note(world, call, 'unanswered', `asks ${method} ${url}: ${reason} (${code})`)
      world.journal.append({ kind: 'call.unanswered', ...about, code, reason, attempts })
      if (attempts > 0) world.alert(code, `call: ${reason}`, about, exchangeOf(result))
      return result
    }
    if (answer.headers['set-cookie'] !== undefined && !isOver(call.status)) {
      const setCookies = [answer.headers['set-cookie'] ?? []].flat()
      keepCookies(world.cookieJars, call.sid, { url: answer.url, setCookies, now: world.now() })
    }
    note(world, call, 'asked', `asks ${method} ${url}${told(more)}`)
    world.journal.append({ kind: 'call.asked', ...about, status: answer.status, attempts })
    return result
  }

  #read(
    world: World,
    call: CallRecord,
    document: { body: string; documentUrl: string; contentType?: string; isFallback?: boolean }
  ): void {
    const { body, documentUrl, contentType = 'text/xml', isFallback = false } = document
    const about = { sid: call.sid, from: call.from, to: call.to, url: documentUrl }
    const place = isWhispering(call) ? 'whisper' : 'call'
    const twiml = readDocument(contentType, body, documentUrl, place)
    call.turn++
    if ('code' in twiml) {
      note(
        world,
        call,
        'alert',
        `the document cannot be carried out: ${twiml.code} ${twiml.message}`
      )
      world.alert(twiml.code, twiml.message, about)
      this.#recover(world, call, { code: twiml.code, url: documentUrl, isFallback })
      return
    }
    for (const { code, message, isError } of twiml.problems) {
      note(world, call, 'alert', `${isError ? 'error' : 'warning'} ${code}: ${message}`)
      world.alert(code, message, { ...about, severity: isError ? 'error' : 'warning' })
    }
    call.script = { documentUrl, verbs: twiml.verbs, at: 0 }
    this.#proceed(world, call)
  }

  /** A document that went wrong has the fallback's in its place, once. */
  #recover(
    world: World,
    call: CallRecord,
    { code, url, isFallback }: { code: number; url: string; isFallback: boolean }
  ): void {
    const { fallbackUrl, fallbackMethod } = call.settings
    if (isFallback || fallbackUrl === null) {
      this.#giveUp(world, call)
      return
    }
    const more: FormParameter[] = [
      ['ErrorCode', String(code)],
      ['ErrorUrl', url]
    ]
    void this.#ask(world, call, {
      url: fallbackUrl,
      method: fallbackMethod,
      more,
      isFallback: true
    })
  }

  #giveUp(world: World, call: CallRecord): void {
    if (call.status !== 'in-progress') {
      this.#control.fail(world, call)
      return
    }
    note(world, call, 'say', `says "${apology}"`)
    hear(world, call, 'said', apology, 0)
    this.#control.hangUp(world, call)
  }

  #next(world: World, call: CallRecord): void {
    if (call.script !== null) call.script.at++
    this.#proceed(world, call)
  }

  /** Verbs that take no time follow one another in a loop, not within each other: there may be thousands. */
  #proceed(world: World, call: CallRecord): void {
    this.#waiting.add(call)
    if (this.#proceeding.has(call)) return
    this.#proceeding.add(call)
    try {
      while (this.#waiting.delete(call)) this.#begin(world, call)
    } finally {
      this.#proceeding.delete(call)
    }
  }

  /** The verb that is at. */
  #begin(world: World, call: CallRecord): void {
    call.turn++
    const verb = verbOf(call)
    if (call.status === 'ringing' && call.direction === 'inbound' && isAnswering(verb)) {
      this.#control.answer(world, call)
    }
    if (verb !== undefined) {
      handlerOf(verb).begin(this.#stage, world, call, verb)
      return
    }
    if (!isWhispering(call)) {
      this.#control.hangUp(world, call)
      return
    }
    // Who has heard what was to be heard is connected.
    call.script = null
    const parent = world.calls.find(call.parentCallSid ?? '')
    if (parent !== undefined) this.legReady(world, parent, call)
  }
}

/** Whether a call that rings is answered before this verb. */
function isAnswering(verb: VoiceVerb | undefined): boolean {
  if (verb === undefined) return true
  // A Pause at the very beginning lets the phone ring for so long.
  if (verb.verb === 'Reject' || verb.verb === 'Pause') return false
  return verb.verb !== 'Dial' || !verb.answerOnBridge || verb.conference !== null
}

/** Of a leg that was dialled, until it is connected: its document is for its own ears. */
function isWhispering(call: CallRecord): boolean {
  return call.direction === 'outbound-dial' && call.bridgedWith === null && !call.isOnItsOwn
}

/** The step that the call now waits for, in the place of any other. */
function awaitStep(world: World, call: CallRecord, ms: number, step: string): void {
  world.plan(ms, { kind: callStep, sid: call.sid, step, turn: ++call.turn })
}

export function verbOf({ script }: CallRecord): VoiceVerb | undefined {
  return script?.verbs[script.at]
}

function dialOf(call: CallRecord): Dial | undefined {
  const verb = isOver(call.status) ? undefined : verbOf(call)
  return verb?.verb === 'Dial' ? verb : undefined
}

/** What a verb adds to the request, in the transcript. */
function told(more: readonly FormParameter[]): string {
  const pairs = more.map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? '' : ` with ${pairs.join(', ')}`
}
