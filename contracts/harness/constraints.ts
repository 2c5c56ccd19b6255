import { fieldOf, isRecord, type Json, list, type Path, textIn } from './json.ts'
import type { Random } from './random.ts'

/** A value that breaks one constraint and no other. */
export interface Violation {
  /** Where it is put; `undefined` takes the field away. */
  path: Path
  value: unknown
  /** What the refusal must name. */
  field: string
  /** Such as "maxLength 255". */
  kind: string
}

/** A value that just keeps a constraint. */
export interface Bound {
  path: Path
  value: unknown
  field: string
  kind: string
}

export interface Constraints {
  violations: Violation[]
  bounds: Bound[]
}

interface Reading {
  resolve: (schema: unknown) => Json
  random: Random
  /** A good value of a field, where its schema alone does not tell one. */
  samples: Readonly<Record<string, unknown>>
}

/**
 * Every constraint of a body's schema, also those that the document tells in words: numbers in E.164, URLs,
 * times, and "At most 1,600 characters".
 */
export function bodyConstraints(schema: Json, reading: Reading): Constraints {
  const found: Constraints = { violations: [], bounds: [] }
  walk(reading.resolve(schema), [], found, reading)
  return found
}

const longestGenerated = 100_001

function walk(schema: Json, path: Path, found: Constraints, reading: Reading): void {
  const { resolve } = reading
  const variants = list(schema['anyOf']).map(resolve)
  if (variants.length > 0) return walkVariants(schema, variants, path, found, reading)

  const types = [schema['type']].flat().map(String)
  const break_ = (kind: string, value: unknown, at: Path = path): void => {
    found.violations.push({ path: at, value, field: fieldOf(at) || 'body', kind })
  }
  const keep = (kind: string, value: unknown): void => {
    found.bounds.push({ path, value, field: fieldOf(path) || 'body', kind })
  }
  for (const value of wrongTypes(types)) break_(`type ${types.join('|')}`, value)

  const words = list(schema['enum'])
  if (words.length > 0) {
    break_('enum', typeof words[0] === 'string' ? `${words[0]}x` : 'x')
    if (typeof words[0] === 'string') break_('enum', swapCase(words[0]))
    for (const word of words) keep('enum', word)
    return
  }
  if (types.includes('string')) return strings(schema, path, reading, break_, keep)
  if (types.includes('integer') || types.includes('number')) return numbers(schema, break_, keep)
  if (types.includes('array')) return arrays(schema, path, found, reading, break_, keep)
  if (types.includes('object')) objects(schema, path, found, reading, break_)
}

type Add = (kind: string, value: unknown, at?: Path) => void

function walkVariants(
  schema: Json,
  variants: Json[],
  path: Path,
  found: Constraints,
  reading: Reading
): void {
  const types = variants.flatMap(variant => [variant['type']].flat().map(String))
  for (const value of wrongTypes(types))
    found.violations.push({
      path,
      value,
      field: fieldOf(path) || 'body',
      kind: `type ${types.join('|')}`
    })
  for (const variant of variants) {
    if (variant['type'] === 'null') continue
    const inner: Constraints = { violations: [], bounds: [] }
    walk({ description: schema['description'], ...variant }, path, inner, reading)
    // What is of another variant's type breaks nothing.
    found.violations.push(
      ...inner.violations.filter(({ kind }) => !isWrongTypeAt(kind, path, inner))
    )
    found.bounds.push(...inner.bounds)
  }

  function isWrongTypeAt(kind: string, at: Path, { violations }: Constraints): boolean {
    return (
      kind.startsWith('type ') && violations.some(item => item.kind === kind && item.path === at)
    )
  }
}

const examplesOfTypes: [string, unknown][] = [
  ['integer', 5],
  ['null', null],
  ['array', ['a']],
  ['object', { a: 1 }],
  ['boolean', true],
  ['string', 'five']
]

/** Three values of other types; a whole number is a number too. */
function wrongTypes(types: readonly string[]): unknown[] {
  if (types.includes('undefined')) return []
  return examplesOfTypes
    .filter(([type]) => !types.includes(type) && !(type === 'integer' && types.includes('number')))
    .map(([, value]) => value)
    .slice(0, 3)
}

function strings(schema: Json, path: Path, reading: Reading, break_: Add, keep: Add): void {
  const { random } = reading
  const description = textIn(schema['description'])
  const meaning = meaningOf(path.findLast(step => typeof step === 'string') ?? '', description)
  const promised = /at most ([\d,]+) characters/i.exec(description)?.[1]?.replaceAll(',', '')
  const minimum = Number(schema['minLength'] ?? 0)
  const maximum = Number(schema['maxLength'] ?? promised ?? Number.NaN)
  const pattern = schema['pattern']

  if (minimum > 0) break_(`minLength ${minimum}`, '')
  if (minimum > 0 && meaning === 'text')
    keep(`minLength ${minimum}`, 'abcdefghij'.charAt(random.integer(10)).repeat(minimum))
  if (!Number.isNaN(maximum)) {
    const atBound = meaning === 'url' ? urlOf(maximum, random) : textOf(maximum, random)
    keep(`maxLength ${maximum}`, atBound)
    break_(`maxLength ${maximum}`, `${atBound}a`)
    // Characters are what a person counts: an emoji is one, and two units of UTF-16.
    if (promised !== undefined) keep(`maxLength ${maximum}`, '🎉'.repeat(maximum))
  }
  if (typeof pattern === 'string') {
    const sample = reading.samples[fieldOf(path)]
    if (typeof sample === 'string') {
      keep('pattern', sample)
      for (const wrong of [`${sample}0`, sample.slice(0, -1), ` ${sample}`, `${sample}\n`])
        if (!new RegExp(pattern, 'u').test(wrong) || wrong.endsWith('\n')) break_('pattern', wrong)
    }
  }
  for (const wrong of wrongMeanings[meaning]) break_(`format ${meaning}`, wrong)
  if (meaning === 'instant' && /in the future/.test(description)) break_('in the future', longAgo)
  if (meaning === 'text') break_('null byte', 'a\0b')
}

type Meaning = 'e164' | 'url' | 'instant' | 'text'

/** What a text stands for, by its description and, where that is silent, its name. */
function meaningOf(name: string, description: string): Meaning {
  if (/E\.164/.test(description)) return 'e164'
  if (/\bhttps?\b/i.test(description) || /(^|_)urls?$/.test(name)) return 'url'
  if (/ISO 8601/.test(description)) return 'instant'
  return 'text'
}

const wrongMeanings: Record<Meaning, readonly string[]> = {
  e164: [
    '6015550142',
    '+06015550142',
    '+1601555014',
    '+1601555014200000',
    '+1 601 555 0142',
    '+16015550142\n',
    ''
  ],
  url: [
    'ftp://app.example/events',
    '/events',
    'app.example',
    'https://user:password@app.example/',
    'javascript:alert(1)'
  ],
  instant: ['tomorrow', '2026-11-23', '2099-13-01T00:00:00Z', '2099-01-01T00:00:00'],
  text: []
}

const longAgo = '2001-01-01T00:00:00Z'

/** A text of exactly so many characters that no other run makes. */
const textOf = (length: number, random: Random): string => {
  const head = `${random.integer(2 ** 31).toString(36)}-`.slice(0, length)
  return head + 'n'.repeat(Math.max(0, length - head.length))
}

const urlOf = (length: number, random: Random): string => {
  const head = `https://app.example/${random.integer(2 ** 31).toString(36)}/`
  return head + 'n'.repeat(Math.max(0, length - head.length))
}

const swapCase = (word: string): string =>
  word === word.toUpperCase() ? word.toLowerCase() : word.toUpperCase()

function numbers(schema: Json, break_: Add, keep: Add): void {
  const { minimum, maximum } = schema
  if (schema['type'] === 'integer') break_('type integer', 1.5)
  if (typeof minimum === 'number') {
    keep(`minimum ${minimum}`, minimum)
    break_(`minimum ${minimum}`, minimum - 1)
  }
  if (typeof maximum === 'number') {
    keep(`maximum ${maximum}`, maximum)
    // Past the largest whole number that JavaScript tells from its neighbours.
    break_(`maximum ${maximum}`, maximum === Number.MAX_SAFE_INTEGER ? maximum + 3 : maximum + 1)
  }
}

const areas = ['228', '662', '769']
const blockLength = 500
const blocks = (areas.length * 8_000_000) / blockLength

/** A number that is in nobody else's list: a list has a block of its own, away from where people are. */
const ourNumber = (block: number, place: number): string => {
  const area = areas[block % areas.length]
  return `+1${area}${2_000_000 + Math.floor(block / areas.length) * blockLength + place}`
}

function arrays(
  schema: Json,
  path: Path,
  found: Constraints,
  reading: Reading,
  break_: Add,
  keep: Add
): void {
  const items = reading.resolve(schema['items'])
  const promised = /at most ([\d,]+)/i.exec(textIn(schema['description']))?.[1]
  const minimum = Number(schema['minItems'] ?? 0)
  const maximum = Number(schema['maxItems'] ?? promised?.replaceAll(',', '') ?? Number.NaN)
  const filled = (count: number): unknown[] => {
    const block = reading.random.integer(blocks)
    return Array.from({ length: count }, (_, place) => itemOf(items, path, place, reading, block))
  }
  if (minimum > 0) {
    break_(`minItems ${minimum}`, filled(minimum - 1))
    keep(`minItems ${minimum}`, filled(minimum))
  }
  if (maximum < longestGenerated) {
    keep(`maxItems ${maximum}`, filled(maximum))
    break_(`maxItems ${maximum}`, filled(maximum + 1))
  }
  const inner: Constraints = { violations: [], bounds: [] }
  walk(items, [...path, 0], inner, reading)
  found.violations.push(...inner.violations)
  found.bounds.push(...inner.bounds)
}

/** An item that is right: of a list's items only their number is in question. */
function itemOf(
  schema: Json,
  path: Path,
  place: number,
  { random, resolve }: Reading,
  block: number
): unknown {
  if (schema['type'] === 'object')
    return Object.fromEntries(
      list(schema['required']).map(name => [String(name), ourNumber(block, place)])
    )
  const [first] = list(schema['anyOf']).map(resolve)
  const description = textIn(first?.['description'] ?? schema['description'])
  const name = path.findLast(step => typeof step === 'string') ?? ''
  const list_ = /E\.164/.test(description) || /participants|recipients|numbers/.test(name)
  if (list_)
    return `+1601${(2_000_000 + ((random.integer(2 ** 20) * 997 + place) % 7_000_000)).toString()}`
  return urlOf(40 + place, random)
}

function objects(
  schema: Json,
  path: Path,
  found: Constraints,
  reading: Reading,
  break_: Add
): void {
  if (Number(schema['minProperties'] ?? 0) > 0) break_('minProperties', {})
  const required = new Set(list(schema['required']))
  const properties = isRecord(schema['properties']) ? schema['properties'] : {}
  for (const [name, property] of Object.entries(properties)) {
    const inner = [...path, name]
    if (required.has(name)) break_('required', undefined, inner)
    walk(reading.resolve(property), inner, found, reading)
  }
}

/** A parameter's values that are refused, and those that are just right; texts, as they stand in a URL. */
export function parameterConstraints(schema: Json): { wrong: [string, string][]; right: string[] } {
  const wrong: [string, string][] = []
  const right: string[] = []
  const { type, minimum, maximum, maxLength, minLength } = schema
  const words = list(schema['enum']).map(String)
  if (type === 'integer') {
    wrong.push(['type', 'abc'], ['type', '1.5'], ['type', '1e2'], ['type', '0x1'])
    if (typeof minimum === 'number') {
      wrong.push([`minimum ${minimum}`, String(minimum - 1)])
      right.push(String(minimum))
    }
    if (typeof maximum === 'number') {
      const past = BigInt(maximum) + 1n
      wrong.push([`maximum ${maximum}`, String(past)])
      right.push(String(maximum))
    }
  }
  if (words.length > 0) {
    wrong.push(['enum', `${words[0]}x`])
    right.push(...words)
  }
  if (typeof maxLength === 'number' && maxLength < 4_000)
    wrong.push([`maxLength ${maxLength}`, 'a'.repeat(maxLength + 1)])
  if (typeof minLength === 'number' && minLength > 0) wrong.push([`minLength ${minLength}`, ''])
  const { pattern } = schema
  if (typeof pattern === 'string') wrong.push(['pattern', 'of another form'])
  const description = textIn(schema['description'])
  if (/ISO 8601/.test(description))
    wrong.push(...wrongMeanings.instant.map((text): [string, string] => ['format instant', text]))
  if (/E\.164/.test(description))
    wrong.push(
      ...wrongMeanings.e164.slice(0, 5).map((text): [string, string] => ['format e164', text])
    )
  return { wrong, right }
}
