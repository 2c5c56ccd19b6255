import type { Call } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'

type Wire = Record<string, unknown>

/** A page of a list of TrustHub. */
export function trusthubPage<T>(
  { query, path }: Call,
  key: string,
  items: Iterable<T>,
  show: (item: T) => Wire
): Wire {
  const page = pageOf(pageRequest(query), items)
  return metaEnvelope(key, `https://trusthub.twilio.com${path}`, query, page, show)
}
