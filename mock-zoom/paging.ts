import { createHash } from 'node:crypto'

import { minuteMs } from './dates.ts'
import { invalid, refusal } from './errors.ts'
import { isSignedWith, readJwt, signJwt } from './jwt.ts'
import type { World } from './world.ts'

/*
 * Pages of a list. A token says where to go on, for 15 minutes and for the same question: the other parameters
 * must be sent again. https://developers.zoom.us/docs/api/pagination
 */

export interface PageOptions<T> {
  /** In the order of the list. */
  items: readonly T[]
  /** Of one item, in this list alone. */
  key: (item: T) => string
  query: URLSearchParams
  usualSize: number
  mostSize: number
}

export interface Page<T> {
  page_size: number
  next_page_token: string
  items: T[]
}

const tokenLifeMs = 15 * minuteMs

export function pageOf<T>(world: World, options: PageOptions<T>): Page<T> {
  const { items, key, query, usualSize, mostSize } = options
  const size = pageSizeIn(query, usualSize, mostSize)
  const question = digestOf(query)
  const token = query.get('next_page_token') ?? ''
  const start = token === '' ? 0 : startAfter(world, token, question, items, key)
  const page = items.slice(start, start + size)
  const last = page.at(-1)
  const isLast = last === undefined || start + size >= items.length
  return {
    page_size: size,
    next_page_token: isLast ? '' : tokenOf(world, key(last), question),
    items: page
  }
}

/** What is above the most is cut, as at Zoom; what is no number is refused. */
function pageSizeIn(query: URLSearchParams, usual: number, most: number): number {
  const text = query.get('page_size')
  if (text === null || text === '') return usual
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) {
    throw invalid({ field: 'page_size', message: `The value must be from 1 to ${most}.` })
  }
  return Math.min(most, Number(text))
}

function tokenOf(world: World, after: string, question: string): string {
  const expiresAt = world.now() + tokenLifeMs
  return signJwt({ after, question, expiresAt }, world.credentials.apiSecret)
}

function startAfter<T>(
  world: World,
  token: string,
  question: string,
  items: readonly T[],
  key: (item: T) => string
): number {
  const jwt = readJwt(token)
  if (jwt === undefined || !isSignedWith(jwt, world.credentials.apiSecret)) {
    throw refusal('invalidPageToken')
  }
  const { after, question: asked, expiresAt } = jwt.claims
  if (asked !== question || !(Number(expiresAt) > world.now())) throw refusal('invalidPageToken')
  const place = items.findIndex(item => key(item) === after)
  if (place === -1) throw refusal('invalidPageToken')
  return place + 1
}

function digestOf(query: URLSearchParams): string {
  const others = new URLSearchParams(query)
  others.delete('next_page_token')
  others.sort()
  return createHash('sha256').update(others.toString()).digest('base64url').slice(0, 12)
}
