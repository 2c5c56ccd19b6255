import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/*
 * The types of Zoom's own client, read from its declarations, as a judge of what the mock answers and tells: what
 * a compiler knows of them only while it compiles is here at run time. The declarations are generated and use
 * little of the language: literals of objects, arrays, unions, intersections, words and numbers.
 */

type Shape =
  | { kind: 'any' }
  | { kind: 'basic'; name: string }
  | { kind: 'value'; value: unknown }
  | { kind: 'list'; of: Shape }
  | { kind: 'union'; of: Shape[] }
  | { kind: 'object'; fields: Map<string, FieldShape> }

interface FieldShape {
  shape: Shape
  isRequired: boolean
}

const file = createRequire(import.meta.url)
  .resolve('@zoom/rivet/videosdk')
  .replace(/\.[cm]js$/, '.d.ts')
const declarations = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')

/** In which points the value is not of the type that Rivet declares under this name. */
export function typeFlaws(name: string, value: unknown): string[] {
  return flaws(name, value, shapeNamed(name))
}

/** `session.user_joined` is SessionUserJoinedEvent. */
export function eventTypeName(event: string): string {
  const words = event.split(/[._]/).map(word => word.charAt(0).toUpperCase() + word.slice(1))
  return `${words.join('')}Event`
}

const shapes = new Map<string, Shape>()

function shapeNamed(name: string): Shape {
  const known = shapes.get(name)
  if (known !== undefined) return known
  const start = declarations.indexOf(`\ntype ${name} = `)
  if (start === -1) throw new Error(`Rivet declares no type ${name}`)
  const shape = new Reader(declarations, start + `\ntype ${name} = `.length).read()
  shapes.set(name, shape)
  return shape
}

class Reader {
  readonly #text: string
  #at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.#at = at
  }

  read(): Shape {
    const members = [this.#intersection()]
    while (this.#takes('|')) members.push(this.#intersection())
    const [first] = members
    return members.length === 1 && first !== undefined ? first : { kind: 'union', of: members }
  }

  #intersection(): Shape {
    let shape = this.#lists()
    while (this.#takes('&')) shape = both(shape, this.#lists())
    return shape
  }

  #lists(): Shape {
    let shape = this.#primary()
    while (this.#takes('[]')) shape = { kind: 'list', of: shape }
    return shape
  }

  #primary(): Shape {
    if (this.#takes('(')) {
      const shape = this.read()
      this.#expect(')')
      return shape
    }
    if (this.#takes('{')) return this.#object()
    const word = this.#match(/"[^"]*"|-?\d+|[A-Za-z]\w*/y)
    if (word.startsWith('"')) return { kind: 'value', value: word.slice(1, -1) }
    if (/^-?\d/.test(word)) return { kind: 'value', value: Number(word) }
    if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true' }
    if (word === 'string' || word === 'number' || word === 'boolean') {
      return { kind: 'basic', name: word }
    }
    if (word === 'unknown') return { kind: 'any' }
    // Event<"…"> says nothing that the rest does not say.
    if (this.#takes('<')) this.#match(/[^>]*>/y)
    return word === 'Event' || word === 'object' ? { kind: 'any' } : shapeNamed(word)
  }

  #object(): Shape {
    const fields = new Map<string, FieldShape>()
    while (!this.#takes('}')) {
      const name = this.#match(/"[^"]+"|\w+/y).replaceAll('"', '')
      const isRequired = !this.#takes('?')
      this.#expect(':')
      fields.set(name, { shape: this.read(), isRequired })
      this.#takes(';')
    }
    return { kind: 'object', fields }
  }

  #takes(token: string): boolean {
    this.#skip()
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  #expect(token: string): void {
    if (this.#takes(token)) return
    throw new Error(`expected ${token} at ${this.#text.slice(this.#at, this.#at + 40)}`)
  }

  #match(pattern: RegExp): string {
    this.#skip()
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found === undefined) {
      throw new Error(`cannot read ${this.#text.slice(this.#at, this.#at + 40)}`)
    }
    this.#at += found.length
    return found
  }

  #skip(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++
  }
}

function both(a: Shape, b: Shape): Shape {
  if (a.kind === 'any') return b
  if (b.kind === 'any') return a
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', of: both(a.of, b.of) }
  if (a.kind !== 'object' || b.kind !== 'object') return a
  const fields = new Map(a.fields)
  for (const [name, { shape, isRequired }] of b.fields) {
    const other = fields.get(name)
    fields.set(name, {
      shape: other === undefined ? shape : both(other.shape, shape),
      isRequired: isRequired || other?.isRequired === true
    })
  }
  return { kind: 'object', fields }
}

function flaws(path: string, value: unknown, shape: Shape): string[] {
  switch (shape.kind) {
    case 'any':
      return []
    case 'basic':
      return typeof value === shape.name ? [] : [`${path} is no ${shape.name}`]
    case 'value':
      return value === shape.value ? [] : [`${path} is ${JSON.stringify(value)}`]
    case 'list':
      if (!Array.isArray(value)) return [`${path} is no list`]
      return value.flatMap(item => flaws(`${path}[]`, item, shape.of))
    case 'union': {
      const all = shape.of.map(one => flaws(path, value, one))
      return all.some(found => found.length === 0) ? [] : (all[0] ?? [])
    }
    case 'object':
      break
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path} is no object`]
  }
  const { fields } = shape
  const missing = [...fields].flatMap(([name, { isRequired }]) =>
    isRequired && !Object.hasOwn(value, name) ? [`${path}.${name} is missing`] : []
  )
  const found = Object.entries(value).flatMap(([name, part]) => {
    const field = fields.get(name)
    if (field === undefined) return [`${path}.${name} is not declared`]
    return flaws(`${path}.${name}`, part, field.shape)
  })
  return [...missing, ...found]
}
