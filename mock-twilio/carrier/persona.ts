import { Type, type Static } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { parseDuration } from '../../simulator/duration.ts'
import type { Random } from '../../simulator/random.ts'

/*
 * Who carries a number around: what kind of line it is, when it is switched off, and what the person answers
 * to which text. All of it is JSON.
 */

const strict = { additionalProperties: false }

const Duration = Type.Union(
  [
    Type.Integer({ minimum: 0, maximum: 2_592_000_000 }),
    Type.String({
      pattern: '^(P[0-9A-Z.]{1,30}|[0-9]{1,10}(\\.[0-9]{1,3})? ?[A-Za-z]{1,7})$',
      description: 'PT3M, "3 min"'
    })
  ],
  { description: 'milliseconds, or words' }
)

const Delay = Type.Union([Duration, Type.Tuple([Duration, Duration])], {
  description: 'always the same, or drawn between two from the seed'
})

const HandsetMedia = Type.Union([
  Type.Object(
    { content_type: Type.Optional(Type.String({ maxLength: 100 })), url: Type.String() },
    strict
  ),
  Type.Object(
    {
      content_type: Type.String({ maxLength: 100 }),
      base64: Type.String({ contentEncoding: 'base64' })
    },
    strict
  )
])

const HandsetReply = Type.Object(
  {
    body: Type.Optional(Type.String({ maxLength: 16_000 })),
    media: Type.Optional(Type.Array(HandsetMedia, { maxItems: 10 })),
    opts_out: Type.Optional(Type.Boolean({ description: 'texts STOP' })),
    opts_in: Type.Optional(Type.Boolean({ description: 'texts START' })),
    after: Type.Optional(Delay)
  },
  { ...strict, description: 'after: since the text, or since the reply before this one' }
)

const When = Type.Object(
  {
    contains: Type.Optional(Type.String({ maxLength: 1600 })),
    keyword: Type.Optional(
      Type.String({ maxLength: 1600, description: 'is the whole text, in any case' })
    ),
    matches: Type.Optional(
      Type.String({ maxLength: 200, description: 'a plain regular expression, in any case' })
    ),
    nth: Type.Optional(
      Type.Integer({ minimum: 1, description: 'of all that this handset receives' })
    ),
    from: Type.Optional(Type.String({ maxLength: 20 }))
  },
  { ...strict, description: 'all of it must hold; {} is any text' }
)

const Replies = Type.Union([
  Type.String({ maxLength: 16_000 }),
  HandsetReply,
  Type.Array(Type.Union([Type.String({ maxLength: 16_000 }), HandsetReply]), { maxItems: 50 })
])

export const HandsetRule = Type.Object(
  {
    when: Type.Optional(When),
    replies: Replies,
    times: Type.Optional(
      Type.Union([
        Type.Literal('once'),
        Type.Literal('always'),
        Type.Integer({ minimum: 1, maximum: 1_000_000 })
      ])
    )
  },
  {
    ...strict,
    description: 'the first rule that holds answers; with replies of [] it keeps silent'
  }
)

const ScriptStep = Type.Object(
  {
    expects: Type.Union([Type.String({ maxLength: 1600 }), When], {
      description: 'words that the text contains, or more'
    }),
    replies: Type.Optional(Replies)
  },
  strict
)

const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })

/** A pattern and no format: formats are unknown where a reset's body is read. */
const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2})$'
})

const Reaction = Type.Object(
  {
    hears: Type.String({ maxLength: 1600, description: 'words of what is said, or of an address' }),
    presses: Type.Optional(Type.String({ pattern: '^[0-9*#A-D]{1,32}$' })),
    says: Type.Optional(Type.String({ maxLength: 4000 })),
    hangs_up: Type.Optional(Type.Boolean()),
    after: Type.Optional(Delay)
  },
  { ...strict, description: 'one after another: each waits for its own words' }
)

export const CallHabits = Type.Object(
  {
    answers: Type.Optional(
      Type.Union(
        [
          Type.Literal('person'),
          Type.Literal('machine'),
          Type.Literal('fax'),
          Type.Literal('busy'),
          Type.Literal('nobody'),
          Type.Literal('declines')
        ],
        { description: 'who picks up when it rings; default person' }
      )
    ),
    after: Type.Optional(Delay),
    presses: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9*#A-D]{0,32}$' }), {
        maxItems: 50,
        description: 'at each Gather of a call in turn; "" for nothing'
      })
    ),
    says: Type.Optional(
      Type.Array(Type.String({ maxLength: 4000 }), {
        maxItems: 50,
        description: 'at each Gather of speech and each Record of a call in turn; "" for nothing'
      })
    ),
    hangs_up_after: Type.Optional(Delay),
    greeting: Type.Optional(
      Type.Union([Duration, Type.Tuple([Duration, Duration])], {
        description: "how long the machine's greeting is, or a person's Hello; 0 for silence"
      })
    ),
    greeting_ends: Type.Optional(
      Type.Union([Type.Literal('beep'), Type.Literal('silence'), Type.Literal('other')])
    ),
    call_waiting: Type.Optional(
      Type.Boolean({ description: 'a second call rings, and nobody takes it; else it is busy' })
    ),
    script: Type.Optional(Type.Array(Reaction, { maxItems: 200 }))
  },
  strict
)

export const Persona = Type.Object(
  {
    line: Type.Optional(
      Type.Union([Type.Literal('mobile'), Type.Literal('landline'), Type.Literal('voip')])
    ),
    carrier: Type.Optional(Type.String({ maxLength: 100, description: 'what a lookup names' })),
    condition: Type.Optional(
      Type.Union(
        [
          Type.Literal('reachable'),
          Type.Literal('unreachable'),
          Type.Literal('inactive'),
          Type.Literal('blocked'),
          Type.Literal('full')
        ],
        { description: 'undelivered with 30003, 30005, 30004, 30003' }
      )
    ),
    off: Type.Optional(
      Type.Union([
        Type.Object({ until: Instant }, strict),
        Type.Object(
          {
            daily: Type.Object(
              {
                from: TimeOfDay,
                to: TimeOfDay,
                utc_offset: Type.Optional(
                  Type.String({ pattern: '^[+-](0[0-9]|1[0-4]):[0-5][0-9]$' })
                )
              },
              strict
            )
          },
          strict
        )
      ])
    ),
    calls: Type.Optional(CallHabits),
    arrives_after: Type.Optional(Delay),
    receipts: Type.Optional(
      Type.Union(
        [
          Type.Literal('usual'),
          Type.Literal('none'),
          Type.Object({ after: Delay }, { ...strict, description: 'since the arrival' })
        ],
        { description: 'none: every message stays sent' }
      )
    ),
    script: Type.Optional(Type.Array(ScriptStep, { maxItems: 200 })),
    rules: Type.Optional(Type.Array(HandsetRule, { maxItems: 200 })),
    most_replies: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100_000,
        description: 'then it falls silent; default 100'
      })
    )
  },
  strict
)

export const HandsetSeed = Type.Object(
  { number: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }), persona: Persona },
  strict
)

export type Persona = Static<typeof Persona>
export type HandsetSeed = Static<typeof HandsetSeed>
export type HandsetRule = Static<typeof HandsetRule>
export type HandsetReply = Static<typeof HandsetReply>
export type Delay = Static<typeof Delay>
export type CallHabits = Static<typeof CallHabits>
export type When = Static<typeof When>
export type HandsetMedia = Static<typeof HandsetMedia>

/** What the shape alone cannot say. Refuses in words. */
export function checkPersona({
  off,
  arrives_after: arrival,
  receipts,
  calls,
  ...answers
}: Persona): void {
  if (calls?.after !== undefined) checkDelay(calls.after)
  if (calls?.hangs_up_after !== undefined) checkDelay(calls.hangs_up_after)
  if (calls?.greeting !== undefined) checkDelay(calls.greeting)
  for (const { after } of calls?.script ?? []) if (after !== undefined) checkDelay(after)
  if (off !== undefined && 'until' in off && Number.isNaN(Date.parse(off.until))) {
    throw new ControlRefusal(400, `off.until is a time, got "${off.until}"`)
  }
  if (arrival !== undefined) checkDelay(arrival)
  if (typeof receipts === 'object') checkDelay(receipts.after)
  for (const rule of answers.rules ?? []) checkRule(rule)
  for (const { expects, replies = [] } of answers.script ?? []) {
    checkRule({ when: typeof expects === 'string' ? {} : expects, replies })
  }
}

export function checkRule({ when = {}, replies }: HandsetRule): void {
  if (when.matches !== undefined) checkPattern(when.matches)
  for (const { after, body, media = [], opts_out: out, opts_in: back } of repliesOf(replies)) {
    if (after !== undefined) checkDelay(after)
    if (body === undefined && media.length === 0 && !out && !back) {
      throw new ControlRefusal(400, 'a reply has a body or media, or opts out or in')
    }
    checkMedia(media)
  }
}

/** https://www.twilio.com/docs/messaging/guides/accepted-mime-types : what is taken, and at most this much of it. */
const mostMediaBytes = 5 * 1024 * 1024
const takenMedia =
  /^(?:image|audio|video)\/[a-z0-9.+-]+$|^text\/(?:plain|vcard|x-vcard|csv|rtf|richtext|calendar|directory)$|^application\/(?:pdf|vcard|vnd\.apple\.pkpass|smil)$/

export function checkMedia(media: readonly HandsetMedia[]): void {
  if (media.length > 10) throw new ControlRefusal(400, 'a message has at most 10 media')
  for (const each of media) checkOne(each)
  const bytes = media.map(each => ('url' in each ? 0 : Buffer.byteLength(each.base64, 'base64')))
  if (bytes.reduce((sum, some) => sum + some, 0) > mostMediaBytes) {
    throw new ControlRefusal(413, 'a carrier takes at most 5 MB of media')
  }
}

function checkOne(media: HandsetMedia): void {
  const type = media.content_type?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && !takenMedia.test(type)) {
    throw new ControlRefusal(400, `no carrier takes media of the type "${media.content_type}"`)
  }
  if ('url' in media) {
    if (!/^https?:\/\//.test(media.url) || !URL.canParse(media.url)) {
      throw new ControlRefusal(400, `the url of media is one, got "${media.url}"`)
    }
    return
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(media.base64)) {
    throw new ControlRefusal(400, 'the base64 of media is base64')
  }
}

export function repliesOf(replies: HandsetRule['replies']): HandsetReply[] {
  const all = Array.isArray(replies) ? replies : [replies]
  return all.map(reply => (typeof reply === 'string' ? { body: reply } : reply))
}

/** Of a text, as far as a pattern looks. */
const mostCharacters = 320
const mostTries = 40_000_000

export interface ReceivedText {
  body: string
  from: string | null
  /** The first that the handset received is 1. */
  nth: number
}

export function holds(when: When, { body, from, nth }: ReceivedText): boolean {
  if (when.contains !== undefined && !body.includes(when.contains)) return false
  if (when.keyword !== undefined && folded(when.keyword) !== folded(body)) return false
  if (when.nth !== undefined && when.nth !== nth) return false
  if (when.from !== undefined && when.from !== from) return false
  return (
    when.matches === undefined || new RegExp(when.matches, 'iu').test(body.slice(0, mostCharacters))
  )
}

export function drawDelay(delay: Delay, random: Random): number {
  if (!Array.isArray(delay)) return milliseconds(delay)
  const [one, other] = delay.map(milliseconds)
  if (one === undefined || other === undefined) return 0
  return random.between(Math.min(one, other), Math.max(one, other))
}

const dayMs = 86_400_000

/** How long the phone is still off; 0 when it is on. */
export function offFor(off: Persona['off'], now: number): number {
  if (off === undefined) return 0
  if ('until' in off) return Math.max(0, Date.parse(off.until) - now)
  const { from, to, utc_offset: offset = '+00:00' } = off.daily
  const start = minutesOf(from)
  const passed = modulo(now + minutesOf(offset) - start, dayMs)
  const length = modulo(minutesOf(to) - start, dayMs)
  return passed < length ? length - passed : 0
}

/** Milliseconds of 07:30, -06:00. */
function minutesOf(clock: string): number {
  const sign = clock.startsWith('-') ? -1 : 1
  const [hours = '0', minutes = '0'] = clock.replace(/^[+-]/, '').split(':')
  return sign * (Number(hours) * 60 + Number(minutes)) * 60_000
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}

function milliseconds(duration: number | string): number {
  return typeof duration === 'number' ? duration : parseDuration(duration)
}

function folded(text: string): string {
  return text.trim().toLowerCase()
}

function checkDelay(delay: Delay): void {
  for (const duration of Array.isArray(delay) ? delay : [delay]) {
    try {
      milliseconds(duration)
    } catch (error) {
      throw new ControlRefusal(400, error instanceof Error ? error.message : String(error))
    }
  }
}

/**
 * A pattern that could keep the process busy for minutes is refused: one that repeats a group which repeats
 * or chooses, looks around, refers back, or leaves so much open that trying it all takes too long.
 */
function checkPattern(pattern: string): void {
  const plain = pattern
    .replace(/\\./g, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replace(/\(\?:/g, '(')
  const repeats = plain.match(/[+*]|\{\d+,\d*\}/g)?.length ?? 0
  const choices = plain.match(/[?|]/g)?.length ?? 0
  const loops = repeats + (pattern.startsWith('^') ? 0 : 1)
  const isHeavy =
    /\\[1-9k]|\(\?[=!<]/.test(pattern) ||
    /\([^)]*[+*?|{(][^]*\)[+*{]/.test(plain) ||
    3 ** choices * mostCharacters ** loops > mostTries
  if (isHeavy) {
    throw new ControlRefusal(
      400,
      `the pattern "${pattern}" is too much: repeat less, or use contains`
    )
  }
  try {
    void new RegExp(pattern, 'iu')
  } catch (error) {
    throw new ControlRefusal(400, error instanceof Error ? error.message : String(error))
  }
}
