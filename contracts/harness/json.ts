/** A JSON object of which nothing is known yet. */
export type Json = Record<string, unknown>

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** A media type of one JSON value; lines of JSON are text. */
export const isJson = (mediaType: string): boolean => /[/+]json\b/.test(mediaType)

/** A text as it is, and nothing for anything else. */
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A step into an object or a list. */
export type Path = readonly (string | number)[]

/** `['message', 'media_urls', 0]` as `message.media_urls[0]`, the way refusals name fields. */
export const fieldOf = (path: Path): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`,
    ''
  )

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((place, step) => {
    if (Array.isArray(place) && typeof step === 'number') return place[step]
    return isRecord(place) ? place[step] : undefined
  }, value)

/** A copy in which the value at the path is another one; `undefined` takes it away. */
export function withValue(value: unknown, path: Path, next: unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return next
  if (typeof step === 'number') {
    const items = [...list(value)]
    items[step] = withValue(items[step], rest, next)
    return items
  }
  const record = isRecord(value) ? value : {}
  const inner = withValue(record[step], rest, next)
  if (inner !== undefined) return { ...record, [step]: inner }
  const { [step]: _, ...others } = record
  return others
}

/** Every text in a value, with its path. */
export function* textsIn(value: unknown, path: Path = []): Generator<[Path, string]> {
  if (typeof value === 'string') yield [path, value]
  else if (Array.isArray(value))
    for (const [place, item] of value.entries()) yield* textsIn(item, [...path, place])
  else if (isRecord(value))
    for (const [name, item] of Object.entries(value)) yield* textsIn(item, [...path, name])
}

/** The same text for the same value, whatever the order of its fields. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, item: unknown) =>
    isRecord(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : item
  ) ?? 'undefined'

/** What a record says beside its id in the database. */
export function withoutId(record: Json): Json {
  const { id: _, ...rest } = record
  return rest
}
