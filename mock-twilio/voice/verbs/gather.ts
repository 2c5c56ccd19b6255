import { Type, type Static } from '@sinclair/typebox'

import type { FormParameter } from '../../callbacks/signature.ts'
import type { World } from '../../world.ts'
import type { CallRecord } from '../call-record.ts'
import { isListenedTo } from '../people.ts'
import { Count, Method, Ms, nullable, Text } from '../plain-types.ts'
import { isRepeated, playPrompt } from '../prompts.ts'
import {
  cut,
  expectAttributes,
  flagOf,
  methodOf,
  numberOf,
  urlOf,
  warn,
  wordsOf,
  type Element,
  type Reading
} from '../reading.ts'
import type { Stage, VerbHandler } from '../stage.ts'
import { note } from '../transcript.ts'
import { isPrompt, Prompt, readPrompt } from './prompts.ts'

/*
 * Gather plays its prompts, then listens: to keys until there are enough of them, a finishing one, or none for a
 * while; to speech until the person falls silent. A key, or a voice, stops the prompts.
 * https://www.twilio.com/docs/voice/twiml/gather
 */

export const Gather = Type.Object({
  verb: Type.Literal('Gather'),
  action: nullable(Text),
  method: Method,
  listensTo: Type.Object({ keys: Type.Boolean(), speech: Type.Boolean() }),
  timeoutMs: Ms,
  speechTimeoutMs: Ms,
  maxSpeechMs: Ms,
  numDigits: Type.Integer({ minimum: 0, description: '0: as many as come' }),
  finishOnKey: Type.String({ description: "'': no key" }),
  actionOnEmptyResult: Type.Boolean(),
  bargeIn: Type.Boolean({ description: 'whether who speaks stops the prompts' }),
  partialResultCallback: nullable(Text),
  partialResultCallbackMethod: Method,
  prompts: Type.Array(Prompt),
  // How far it has come.
  at: Type.Integer({ minimum: 0, description: 'the prompt; after the last one it listens' }),
  digits: Text,
  speech: Type.Array(Text),
  partials: Count
})

type Gather = Static<typeof Gather>

/** How sure the recogniser is of what it has heard. Ours. */
const confidence = '0.92'

export const gather: VerbHandler<Gather> = {
  begin: (stage, world, call, verb) => {
    call.gathers++
    const { keys, speech } = verb.listensTo
    note(world, call, 'gather', `gathers ${keys ? (speech ? 'keys or speech' : 'keys') : 'speech'}`)
    promptOrListen(stage, world, call, verb)
  },
  step: (stage, world, call, verb, step) => {
    if (step === 'gather-over') {
      finish(stage, world, call, verb)
      return
    }
    const prompt = verb.prompts[verb.at]
    if (prompt === undefined || !isRepeated(prompt)) verb.at++
    promptOrListen(stage, world, call, verb)
  },
  pressed: (stage, world, call, verb, key) => {
    if (!verb.listensTo.keys) return false
    if (verb.finishOnKey.includes(key)) {
      finish(stage, world, call, verb, key)
      return true
    }
    verb.digits += key
    if (verb.numDigits > 0 && verb.digits.length >= verb.numDigits) finish(stage, world, call, verb)
    else {
      // A key stops the prompts, and the time for the next one begins.
      verb.at = verb.prompts.length
      stage.await(world, call, verb.timeoutMs, 'gather-over')
    }
    return true
  },
  spoken: (stage, world, call, verb, words, ms) => {
    const isPrompting = verb.at < verb.prompts.length
    if (!verb.listensTo.speech || (isPrompting && !verb.bargeIn)) return false
    verb.at = verb.prompts.length
    verb.speech.push(words)
    tellPartialResult(stage, world, call, verb)
    stage.await(world, call, Math.min(ms, verb.maxSpeechMs) + verb.speechTimeoutMs, 'gather-over')
    return true
  }
}

function promptOrListen(stage: Stage, world: World, call: CallRecord, verb: Gather): void {
  const prompt = verb.prompts[verb.at]
  if (prompt !== undefined) {
    stage.await(world, call, playPrompt(stage, world, call, prompt), 'prompt-over')
    return
  }
  stage.await(world, call, verb.timeoutMs, 'gather-over')
  isListenedTo(world, call, verb.listensTo)
}

function finish(stage: Stage, world: World, call: CallRecord, verb: Gather, key?: string): void {
  const { digits, speech, action, method } = verb
  // Keys count before words.
  const isSpeech = digits === '' && speech.length > 0
  if (digits === '' && !isSpeech && !verb.actionOnEmptyResult) {
    note(world, call, 'gathered', 'gathered nothing')
    stage.next(world, call)
    return
  }
  const words = speech.join(' ')
  note(world, call, 'gathered', isSpeech ? `gathered "${words}"` : `gathered keys "${digits}"`)
  const more: FormParameter[] = isSpeech
    ? [
        ['Confidence', confidence],
        ['SpeechResult', words]
      ]
    : [['Digits', digits]]
  if (verb.listensTo.speech && digits === '' && !isSpeech) more.push(['SpeechResult', ''])
  if (key !== undefined) more.push(['FinishedOnKey', key])
  stage.ask(world, call, { url: action ?? '', method, more })
}

/** What it has understood so far, while the person speaks. */
function tellPartialResult(stage: Stage, world: World, call: CallRecord, verb: Gather): void {
  const { partialResultCallback: url, partialResultCallbackMethod: method, speech } = verb
  if (url === null) return
  stage.tell(world, call, {
    url,
    method,
    status: 'partial-result',
    parameters: [
      ['SequenceNumber', String(verb.partials++)],
      ['Stability', '0.9'],
      ['StableSpeechResult', speech.join(' ')],
      ['UnstableSpeechResult', '']
    ]
  })
}

export function readGather(reading: Reading, element: Element): Gather {
  expectAttributes(reading, element, ...attributes)
  const listensTo = inputOf(reading, element)
  const finishOnKey = element.attributes['finishOnKey'] ?? '#'
  const isKey = /^[0-9*#]?$/.test(finishOnKey)
  if (!isKey) {
    warn(reading, 13310, `finishOnKey of Gather is one key or none, got "${cut(finishOnKey)}"`)
  }
  const seconds = (name: string, usual: number, code: number) =>
    numberOf(reading, element, name, { usual, least: 0, most: 100_000, code }) * 1000
  const timeoutMs = seconds('timeout', 5, 13313)
  return {
    verb: 'Gather',
    action: urlOf(element, 'action'),
    method: methodOf(reading, element, 13312),
    listensTo,
    timeoutMs,
    speechTimeoutMs: speechTimeoutOf(reading, element, timeoutMs),
    maxSpeechMs: seconds('maxSpeechTime', 60, 13328),
    numDigits: numberOf(reading, element, 'numDigits', {
      usual: 0,
      least: 1,
      most: 1000,
      code: 13314
    }),
    finishOnKey: isKey ? finishOnKey : '#',
    actionOnEmptyResult: flagOf(reading, element, 'actionOnEmptyResult', {
      usual: false,
      code: 13338
    }),
    bargeIn: flagOf(reading, element, 'bargeIn', { usual: true, code: 13332 }),
    partialResultCallback: urlOf(element, 'partialResultCallback'),
    partialResultCallbackMethod: methodOf(reading, element, 13329, 'partialResultCallbackMethod'),
    prompts: element.children.flatMap(child => {
      if (isPrompt(child.name)) return readPrompt(reading, child, 'Gather') ?? []
      warn(reading, 13320, `${child.name} cannot be within a Gather`)
      return []
    }),
    at: 0,
    digits: '',
    speech: [],
    partials: 0
  }
}

const attributes = [
  'action',
  'method',
  'input',
  'timeout',
  'speechTimeout',
  'maxSpeechTime',
  'numDigits',
  'finishOnKey',
  'actionOnEmptyResult',
  'bargeIn',
  'partialResultCallback',
  'partialResultCallbackMethod',
  // They change how well speech is understood, which here is always.
  'language',
  'hints',
  'profanityFilter',
  'speechModel',
  'enhanced',
  'debug',
  'dtmfDetection',
  'minConfidence'
]

function inputOf(reading: Reading, element: Element): Gather['listensTo'] {
  const words = wordsOf(element, 'input')
  const wrong = words.find(word => word !== 'dtmf' && word !== 'speech')
  if (wrong !== undefined) {
    warn(reading, 13326, `input of Gather is dtmf, speech or both, got "${cut(wrong)}"`)
  }
  if (words.length === 0 || wrong !== undefined) return { keys: true, speech: false }
  return { keys: words.includes('dtmf'), speech: words.includes('speech') }
}

/** How long a silence ends what is said, where Twilio itself decides. */
const ownSpeechTimeoutMs = 1000

function speechTimeoutOf(reading: Reading, element: Element, timeoutMs: number): number {
  if (element.attributes['speechTimeout'] === 'auto') return ownSpeechTimeoutMs
  const usual = timeoutMs / 1000
  const is = { usual, least: 0, most: 100_000, code: 13327 }
  return numberOf(reading, element, 'speechTimeout', is) * 1000
}
