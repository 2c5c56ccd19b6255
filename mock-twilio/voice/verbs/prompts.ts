import { Type, type Static } from '@sinclair/typebox'

import { isRepeated, playPrompt } from '../prompts.ts'
import { Count, Ms, Text } from '../plain-types.ts'
import { cut, expectAttributes, numberOf, warn, type Element, type Reading } from '../reading.ts'
import type { VerbHandler } from '../stage.ts'

/*
 * Say, Play and Pause: what is heard in a call, by itself or within a Gather.
 * https://www.twilio.com/docs/voice/twiml/say
 * https://www.twilio.com/docs/voice/twiml/play
 * https://www.twilio.com/docs/voice/twiml/pause
 */

/** `loop`: how often it is heard. `played`: how often it has been. */
const Looped = { loop: Count, played: Count }

export const Say = Type.Object({
  verb: Type.Literal('Say'),
  text: Text,
  ms: Type.Number({ minimum: 0, description: 'how long it takes to be said once' }),
  ...Looped
})

export const Play = Type.Object({
  verb: Type.Literal('Play'),
  url: Text,
  digits: Text,
  ms: Ms,
  ...Looped
})

export const Pause = Type.Object({ verb: Type.Literal('Pause'), ms: Ms })

export const Prompt = Type.Union([Say, Play, Pause])

type Say = Static<typeof Say>
type Play = Static<typeof Play>
type Pause = Static<typeof Pause>
export type Prompt = Static<typeof Prompt>

/** How fast the voice speaks, and how long a recording plays, that nobody fetches. Our figures. */
const msPerWord = 400
const leastSayMs = 1000
const recordingMs = 5000

export const prompts: VerbHandler<Prompt> = {
  begin: (stage, world, call, prompt) => {
    stage.await(world, call, playPrompt(stage, world, call, prompt), 'prompt-over')
  },
  step: (stage, world, call, prompt) => {
    if (isRepeated(prompt)) prompts.begin(stage, world, call, prompt)
    else stage.next(world, call)
  }
}

/** The prompt, if the element is one and there is anything to hear. */
export function readPrompt(
  reading: Reading,
  element: Element,
  within: 'Gather' | 'Response' = 'Response'
): Prompt | undefined {
  if (element.name === 'Say') return readSay(reading, element, within)
  if (element.name === 'Play') return readPlay(reading, element)
  return element.name === 'Pause' ? readPause(reading, element) : undefined
}

export function isPrompt(name: string): boolean {
  return name === 'Say' || name === 'Play' || name === 'Pause'
}

const mostCharacters = 4096

function readSay(reading: Reading, element: Element, within: string): Say | undefined {
  expectAttributes(reading, element, 'voice', 'language', 'loop')
  const text = element.fullText.replace(/\s+/g, ' ').trim()
  if (text === '') {
    warn(reading, 13520, 'a Say has no text')
    return undefined
  }
  if (text.length > mostCharacters) {
    warn(reading, 13521, `a Say has at most ${mostCharacters} characters, got ${text.length}`)
    return undefined
  }
  const ms = Math.max(leastSayMs, text.split(' ').length * msPerWord) + breaksIn(element)
  const loop = loopOf(reading, element, within === 'Gather' ? 13322 : 13510)
  return { verb: 'Say', text, ms, loop, played: 0 }
}

/** The silences of SSML. */
function breaksIn({ children }: Element): number {
  return children.reduce((sum, child) => {
    const inside = breaksIn(child)
    if (child.name !== 'break') return sum + inside
    const [, value = '0', unit] =
      /^(\d{1,5}(?:\.\d{1,3})?)(ms|s)$/.exec(child.attributes['time'] ?? '') ?? []
    return sum + inside + Number(value) * (unit === 's' ? 1000 : 1)
  }, 0)
}

function readPlay(reading: Reading, element: Element): Play | undefined {
  expectAttributes(reading, element, 'loop', 'digits')
  const url = element.text.trim()
  const given = element.attributes['digits']
  const isDialable = given !== undefined && /^[0-9A-Da-d#*wW]+$/.test(given)
  if (given !== undefined && !isDialable) {
    warn(reading, 13430, `digits of Play are 0-9, A-D, #, * and w, got "${cut(given)}"`)
  }
  const digits = isDialable ? given : ''
  if (url === '' && digits === '') {
    if (given === undefined) warn(reading, 12200, 'a Play has neither an address nor digits')
    return undefined
  }
  const loop = loopOf(reading, element, 13410)
  return {
    verb: 'Play',
    url,
    digits,
    ms: url === '' ? msOfKeys(digits) : recordingMs,
    loop,
    played: 0
  }
}

function readPause(reading: Reading, element: Element): Pause {
  expectAttributes(reading, element, 'length')
  const is = { usual: 1, least: 1, most: 86_400, code: 13910 }
  return { verb: 'Pause', ms: numberOf(reading, element, 'length', is) * 1000 }
}

/** A loop of 0 goes on until somebody hangs up, and at most so often. */
const mostLoops = 1000

function loopOf(reading: Reading, element: Element, code: number): number {
  const loop = numberOf(reading, element, 'loop', { usual: 1, least: 0, most: 9_999_999, code })
  return loop === 0 ? mostLoops : Math.min(loop, mostLoops)
}

/** A w waits for half a second, a W for a whole one. */
export function msOfKeys(digits: string): number {
  let ms = 0
  for (const key of digits) ms += key === 'w' ? 500 : key === 'W' ? 1000 : 300
  return ms
}
