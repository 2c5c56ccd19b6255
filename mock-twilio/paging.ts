import { refusal } from './errors.ts'
import { text, type Form } from './forms.ts'

/*
 * Pages of a list. A page is found by a token that names the last item of the page before, not by its number,
 * so that what is created while somebody turns pages neither repeats nor hides an item.
 * https://www.twilio.com/docs/usage/twilios-response#response-formats-list-paging-information
 */

export interface PageRequest {
  page: number
  size: number
  /** The token of the page, or of the first one. */
  token: string | undefined
}

export interface Page<T> extends PageRequest {
  items: T[]
  nextToken: string | undefined
}

const defaultSize = 50
const maxSize = 1000

export function pageRequest(query: Form): PageRequest {
  return {
    page: wholeNumber(query, 'Page') ?? 0,
    size: Math.min(maxSize, Math.max(1, wholeNumber(query, 'PageSize') ?? defaultSize)),
    token: text(query, 'PageToken')
  }
}

/**
 * One page of items that come in a fixed order, each with a position that only ever falls or only ever rises.
 * `after` gives the items that follow a position.
 */
export function takePage<T>(
  request: PageRequest,
  after: (position: number | undefined) => Iterable<T>,
  positionOf: (item: T) => number
): Page<T> {
  const items: T[] = []
  let hasMore = false
  for (const item of after(request.token === undefined ? undefined : positionIn(request.token))) {
    if (items.length === request.size) {
      hasMore = true
      break
    }
    items.push(item)
  }
  const last = items.at(-1)
  const nextToken = hasMore && last !== undefined ? tokenAt(positionOf(last)) : undefined
  return { ...request, items, nextToken }
}

/** For short lists in the order of creation: the position is the index. */
export function pageOf<T>(request: PageRequest, all: Iterable<T>): Page<T> {
  const indexed = [...all].map((item, index) => ({ item, index }))
  const page = takePage(
    request,
    position => indexed.slice(position === undefined ? 0 : position + 1),
    ({ index }) => index
  )
  return { ...page, items: page.items.map(({ item }) => item) }
}

type Wire = Record<string, unknown>

/** The envelope of /2010-04-01: links are relative, and filters are repeated in them. */
export function envelope<T>(
  key: string,
  path: string,
  query: Form,
  page: Page<T>,
  show: (item: T) => Wire
): Wire {
  const link = linkTo(path, query, page.size)
  return {
    [key]: page.items.map(show),
    page: page.page,
    page_size: page.size,
    start: page.page * page.size,
    end: page.page * page.size + Math.max(0, page.items.length - 1),
    uri: link(page.page, page.token),
    first_page_uri: link(0, undefined),
    next_page_uri: page.nextToken === undefined ? null : link(page.page + 1, page.nextToken),
    previous_page_uri: page.page === 0 ? null : link(page.page - 1, undefined)
  }
}

/** The envelope of the newer products: links are absolute. */
export function metaEnvelope<T>(
  key: string,
  url: string,
  query: Form,
  page: Page<T>,
  show: (item: T) => Wire
): Wire {
  const link = linkTo(url, query, page.size)
  return {
    [key]: page.items.map(show),
    meta: {
      key,
      page: page.page,
      page_size: page.size,
      url: link(page.page, page.token),
      first_page_url: link(0, undefined),
      next_page_url: page.nextToken === undefined ? null : link(page.page + 1, page.nextToken),
      previous_page_url: page.page === 0 ? null : link(page.page - 1, undefined)
    }
  }
}

const pagingNames = new Set(['Page', 'PageSize', 'PageToken'])

function linkTo(path: string, query: Form, size: number) {
  const filters = Object.keys(query)
    .filter(name => !pagingNames.has(name))
    .map(name => `${encodeURIComponent(name)}=${encodeURIComponent(text(query, name) ?? '')}&`)
    .join('')
  return (page: number, token: string | undefined): string => {
    const tokenPart = token === undefined ? '' : `&PageToken=${token}`
    return `${path}?${filters}PageSize=${size}&Page=${page}${tokenPart}`
  }
}

function tokenAt(position: number): string {
  return `PA${position.toString(16).padStart(32, '0')}`
}

function positionIn(token: string): number {
  if (!/^PA[0-9a-f]{32}$/.test(token)) throw refusal(20001, `PageToken ${token}`)
  return Number.parseInt(token.slice(2), 16)
}

function wholeNumber(query: Form, name: string): number | undefined {
  const value = text(query, name)
  if (value === undefined || value === '') return undefined
  if (!/^\d{1,9}$/.test(value)) throw refusal(20001, `${name} is a whole number, got ${value}`)
  return Number(value)
}
