import type { Persona } from '../../mock-twilio/carrier/persona.ts'
import type { Random } from '../../simulator/random.ts'

/*
 * Whom a school district writes to: families with mobiles of whom some answer, and among them those that every
 * list collects over the years: landlines, numbers that belong to nobody any more, handsets that are never
 * switched on.
 */

export interface Family {
  readonly phoneNumber: string
  /** What is special about its phone or its people; of most nothing is. */
  readonly persona: Persona | undefined
}

const areaCodes = ['601', '662', '769', '228']

/** `messagesEach` is how many a family gets, more or less. */
export function aDistrict(families: number, messagesEach: number, random: Random): Family[] {
  const taken = new Set<string>()
  return Array.from({ length: families }, () => {
    const persona = aPersona(messagesEach, random)
    for (;;) {
      const phoneNumber = aNumber(random)
      if (taken.has(phoneNumber) || isMagic(phoneNumber)) continue
      taken.add(phoneNumber)
      return { phoneNumber, persona }
    }
  })
}

function aPersona(messagesEach: number, random: Random): Persona | undefined {
  const fraction = random.fraction()
  if (fraction < 0.008) return { line: 'landline' }
  if (fraction < 0.014) return { condition: 'inactive' }
  if (fraction < 0.02) return { condition: 'unreachable' }
  return fraction < 0.35 ? whoAnswers(messagesEach, random) : undefined
}

/** Answers some of what it gets, sooner or later; one in seven has the phone off at night. */
function whoAnswers(messagesEach: number, random: Random): Persona {
  const answers = Array.from({ length: Math.max(1, Math.round(messagesEach / 10)) }, () => ({
    when: { nth: random.between(1, Math.max(1, messagesEach)) },
    replies: whatAParentWrites(random)
  }))
  const daily = { from: '20:00', to: '06:00', utc_offset: '-06:00' }
  return {
    ...(random.chance(0.15) ? { off: { daily } } : {}),
    rules: [
      ...answers,
      {
        when: { contains: 'call me back' },
        replies: { body: 'I will call at five.', after: ['1 min', '2 h'] },
        times: 'once'
      }
    ]
  }
}

function aNumber(random: Random): string {
  const area = areaCodes[random.between(0, areaCodes.length - 1)]
  return `+1${area}${random.between(20, 99)}${String(random.between(0, 99_999)).padStart(5, '0')}`
}

/** Numbers that end like this cannot be reached; see mock-twilio/README.md. */
function isMagic(phoneNumber: string): boolean {
  return /3000[35678]$/.test(phoneNumber)
}

/** What parents write, and how often in a hundred texts. */
const texts: readonly (readonly [number, string])[] = [
  [40, 'Thank you'],
  [20, 'Who is this?'],
  [12, 'She will be late today'],
  [10, 'ok 👍'],
  [
    5,
    'Is there school tomorrow? We live far outside, and the road has been closed since the storm.'
  ],
  [4, 'HELP'],
  [4, 'STOP'],
  [1, 'STOP, and START again'],
  [2, 'please stop'],
  [2, 'Unsubscribe']
]

const soon: [string, string] = ['30 s', '3 h']

function whatAParentWrites(random: Random) {
  let left = random.between(1, 100)
  for (const [share, text] of texts) {
    left -= share
    if (left > 0) continue
    if (text === 'STOP') return [{ opts_out: true, after: soon }]
    if (text.startsWith('STOP,')) return [{ opts_out: true, after: soon }, thinksBetterOfIt]
    return [{ body: text, after: soon }]
  }
  return [{ body: 'Thank you', after: soon }]
}

const thinksBetterOfIt = { opts_in: true, after: ['4 h', '20 h'] as [string, string] }
