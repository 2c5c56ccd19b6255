import type { Plan } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import { exchangeOf, sendSigned } from '../callbacks/signed-request.ts'
import { isWebUrl } from '../forms.ts'
import { isOver } from '../lifecycles/call.ts'
import { handsetOf } from '../resources/call.ts'
import type { CallRecord, HeardPart } from './call-record.ts'
import type { World } from '../world.ts'
import { callParameters } from './call-parameters.ts'
import { habitsOf } from './callee.ts'
import { cookieHeader, keepCookies } from '../carrier/cookies.ts'
import { parseVoiceTwiml, type VoiceTwiml, type VoiceTwimlProblem } from './voice-twiml.ts'
import type { GatherVerb, PromptVerb } from './voice-verbs.ts'

/*
 * What the application makes of a call: it is asked for a document, whose verbs take their time one after
 * another. Where a call stands is data in its record, and whatever takes time is a plan.
 * https://www.twilio.com/docs/voice/twiml
 */

export const callStep = 'call.step'

/** What the flow of a document does to the call itself. */
export interface CallControl {
  /** Picks up a call that came in. */
  answer: (world: World, call: CallRecord) => void
  hangUp: (world: World, call: CallRecord) => void
  reject: (world: World, call: CallRecord, reason: 'rejected' | 'busy') => void
  /** Of a call that nobody answered. */
  fail: (world: World, call: CallRecord) => void
}

/** A document that is to be asked for. */
interface Question {
  url: string
  method: 'GET' | 'POST'
  more?: readonly FormParameter[]
  isFallback?: boolean
}

/** A document that sends the call on and on without a word is stopped; the limit is ours. */
const mostDocuments = 1000
/** How fast the voice speaks, and how long a recording plays, that nobody fetches. Our figures. */
const msPerWord = 400
const recordingMs = 5000
const msPerTone = 300

const apology = 'We are sorry, an application error has occurred. Goodbye.'

export class CallFlow {
  readonly #sender: CallbackSender
  readonly #control: CallControl

  constructor(sender: CallbackSender, control: CallControl) {
    this.#sender = sender
    this.#control = control
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
    if ('twiml' in to) this.#read(world, call, { body: to.twiml, documentUrl: '' })
    else void this.#ask(world, call, to)
  }

  takeStep(world: World, call: CallRecord, { step, digits, gather }: Plan): void {
    if (isOver(call.status)) return
    if (step === 'prompt-over') this.#promptOver(world, call)
    else if (step === 'gather-over') this.#gatherOver(world, call)
    else if (step === 'press' && gather === call.gathers) this.press(world, call, String(digits))
  }

  /** The person presses keys; gives whether anything listened. */
  press(world: World, call: CallRecord, digits: string): boolean {
    const gather = gatherOf(call)
    const { script } = call
    const isHeard = gather !== undefined && script !== null && call.status === 'in-progress'
    world.journal.append({
      kind: 'call.pressed',
      sid: call.sid,
      number: handsetOf(call),
      digits,
      heard: isHeard
    })
    if (!isHeard) return false
    for (const key of digits) {
      if (gather.finishOnKey !== '' && gather.finishOnKey.includes(key)) {
        this.#finishGather(world, call, gather, key)
        return true
      }
      script.digits += key
      if (gather.numDigits > 0 && script.digits.length >= gather.numDigits) {
        this.#finishGather(world, call, gather)
        return true
      }
    }
    // A key stops the prompts, and the time for the next one begins.
    script.prompt = gather.prompts.length
    awaitStep(world, call, gather.timeoutMs, 'gather-over')
    return true
  }

  async #ask(world: World, call: CallRecord, question: Question): Promise<void> {
    const { url, method, more = [], isFallback = false } = question
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
      const cookie = cookieHeader(world.cookieJars, call.sid, url, world.now())
      const result = await sendSigned(world, this.#sender, {
        url,
        method,
        parameters: [...callParameters(world, call), ...more],
        about,
        ...(cookie === undefined ? {} : { cookie })
      })
      if (world.isOver || call.turn !== turn || isOver(call.status)) return
      const { answer, alertCode, attempts, reason = 'no answer' } = result
      if (!answer.ok || alertCode !== undefined) {
        const code = alertCode ?? 11200
        world.journal.append({ kind: 'call.unanswered', ...about, code, reason, attempts })
        if (attempts > 0) world.alert(code, `call: ${reason}`, about, exchangeOf(result))
        this.#recover(world, call, { code, url, isFallback })
        return
      }
      if (answer.headers['set-cookie'] !== undefined) {
        const setCookies = [answer.headers['set-cookie'] ?? []].flat()
        const now = world.now()
        keepCookies(world.cookieJars, call.sid, { url: answer.url, setCookies, now })
      }
      world.journal.append({ kind: 'call.asked', ...about, status: answer.status, attempts })
      const { contentType, body, url: documentUrl } = answer
      this.#read(world, call, { body, documentUrl, contentType, isFallback })
    } finally {
      release()
    }
  }

  #read(
    world: World,
    call: CallRecord,
    document: { body: string; documentUrl: string; contentType?: string; isFallback?: boolean }
  ): void {
    const { body, documentUrl, contentType = 'text/xml', isFallback = false } = document
    const about = { sid: call.sid, from: call.from, to: call.to, url: documentUrl }
    const twiml = readDocument(contentType, body, documentUrl)
    call.turn++
    if ('code' in twiml) {
      world.alert(twiml.code, twiml.message, about)
      this.#recover(world, call, { code: twiml.code, url: documentUrl, isFallback })
      return
    }
    for (const warning of twiml.warnings) {
      world.alert(warning.code, warning.message, { ...about, severity: 'warning' })
    }
    call.script = { documentUrl, verbs: twiml.verbs, at: 0, played: 0, prompt: 0, digits: '' }
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
    hear(world, call, 'said', apology)
    this.#control.hangUp(world, call)
  }

  #next(world: World, call: CallRecord): void {
    if (call.script !== null) call.script.at++
    this.#proceed(world, call)
  }

  /** The verb that is at. */
  #proceed(world: World, call: CallRecord): void {
    const { script } = call
    const verb = script?.verbs[script.at]
    if (verb?.verb === 'Reject') {
      // It speaks of calls that are not answered, and means nothing in others.
      if (call.status === 'ringing') this.#control.reject(world, call, verb.reason)
      else this.#next(world, call)
      return
    }
    // A Pause at the very beginning lets the phone ring for so long.
    if (call.status === 'ringing' && verb?.verb !== 'Pause') this.#control.answer(world, call)
    if (script === null || verb === undefined || verb.verb === 'Hangup') {
      this.#control.hangUp(world, call)
      return
    }
    script.played = 0
    script.prompt = 0
    script.digits = ''
    if (verb.verb === 'Redirect') this.#redirectTo(world, call, verb)
    else if (verb.verb === 'Gather') {
      call.gathers++
      this.#promptOrListen(world, call, verb)
    } else this.#play(world, call, verb)
  }

  #redirectTo(world: World, call: CallRecord, to: { url: string; method: 'GET' | 'POST' }): void {
    const base = call.script?.documentUrl ?? ''
    const url = URL.parse(to.url, base)?.href ?? to.url
    void this.#ask(world, call, { url, method: to.method })
  }

  #play(world: World, call: CallRecord, prompt: PromptVerb): void {
    if (prompt.verb === 'Say') hear(world, call, 'said', prompt.text)
    if (prompt.verb === 'Play' && prompt.url !== '') {
      const url = URL.parse(prompt.url, call.script?.documentUrl)?.href ?? prompt.url
      hear(world, call, 'played', url)
    }
    awaitStep(world, call, lengthOf(prompt), 'prompt-over')
  }

  #promptOver(world: World, call: CallRecord): void {
    const { script } = call
    const verb = script?.verbs[script.at]
    if (script === null || verb === undefined) return
    const gather = verb.verb === 'Gather' ? verb : undefined
    const prompt = gather?.prompts[script.prompt] ?? verb
    script.played++
    const loop = 'loop' in prompt ? prompt.loop : 1
    if (script.played < loop && isPrompt(prompt)) {
      this.#play(world, call, prompt)
      return
    }
    script.played = 0
    if (gather === undefined) {
      this.#next(world, call)
      return
    }
    script.prompt++
    this.#promptOrListen(world, call, gather)
  }

  #promptOrListen(world: World, call: CallRecord, gather: GatherVerb): void {
    const prompt = gather.prompts[call.script?.prompt ?? 0]
    if (prompt !== undefined) {
      this.#play(world, call, prompt)
      return
    }
    awaitStep(world, call, gather.timeoutMs, 'gather-over')
    const digits = habitsOf(world, call).presses?.[call.gathers - 1]
    if (digits === undefined || digits === '') return
    const { sid, gathers } = call
    const afterMs = world.randomFor(`call/${sid}/press/${gathers}`).between(500, 1500)
    world.plan(afterMs, { kind: callStep, sid, step: 'press', gather: gathers, digits })
  }

  #gatherOver(world: World, call: CallRecord): void {
    const gather = gatherOf(call)
    if (gather !== undefined) this.#finishGather(world, call, gather)
  }

  #finishGather(world: World, call: CallRecord, gather: GatherVerb, key?: string): void {
    const { digits = '', documentUrl = '' } = call.script ?? {}
    if (digits === '' && !gather.actionOnEmptyResult) {
      this.#next(world, call)
      return
    }
    const action = gather.action ?? documentUrl
    const more: FormParameter[] = [['Digits', digits]]
    if (key !== undefined) more.push(['FinishedOnKey', key])
    const url = URL.parse(action, documentUrl)?.href ?? action
    void this.#ask(world, call, { url, method: gather.method, more })
  }
}

/** The step that the call now waits for, in the place of any other; not beyond the call's time limit. */
function awaitStep(world: World, call: CallRecord, ms: number, step: string): void {
  const spent = call.answeredAt === null ? 0 : world.now() - call.answeredAt
  const left = Math.max(0, call.settings.limitMs - spent)
  const next = ms > left ? 'limit' : step
  world.plan(Math.min(ms, left), { kind: callStep, sid: call.sid, step: next, turn: ++call.turn })
}

function hear(world: World, call: CallRecord, how: HeardPart['how'], what: string): void {
  const { sid, direction, to, from } = call
  call.heard.push({ seq: world.messages.nextSeq(), at: world.now(), how, what })
  const other = direction === 'inbound' ? to : from
  world.journal.append({ kind: 'call.heard', sid, number: handsetOf(call), with: other, how, what })
}

function gatherOf({ script }: CallRecord): GatherVerb | undefined {
  const verb = script?.verbs[script.at]
  return verb?.verb === 'Gather' ? verb : undefined
}

function isPrompt(verb: { verb: string }): verb is PromptVerb {
  return verb.verb === 'Say' || verb.verb === 'Play' || verb.verb === 'Pause'
}

function lengthOf(prompt: PromptVerb): number {
  if (prompt.verb === 'Pause') return prompt.ms
  if (prompt.verb === 'Say') return Math.max(1000, prompt.text.split(' ').length * msPerWord)
  return prompt.digits === '' ? recordingMs : prompt.digits.length * msPerTone
}

interface Unreadable {
  code: 12300
  message: string
}

/** A recording is played, plain text is read out. */
function readDocument(
  contentType: string,
  body: string,
  url: string
): VoiceTwiml | VoiceTwimlProblem | Unreadable {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type.startsWith('audio/')) {
    return { verbs: [{ verb: 'Play', url, digits: '', loop: 1 }], warnings: [] }
  }
  if (body.trim() === '') return { verbs: [], warnings: [] }
  if (type === 'text/plain') {
    return { verbs: [{ verb: 'Say', text: body.trim(), loop: 1 }], warnings: [] }
  }
  if (type === 'text/xml' || type === 'application/xml' || type === 'text/html') {
    return parseVoiceTwiml(body)
  }
  return {
    code: 12300,
    message: `an answer is text/xml, text/plain or audio, got "${contentType}"`
  }
}
