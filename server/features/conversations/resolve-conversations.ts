import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'

/** How a request names its conversation: by whichever of the three ids it gives. */
export interface ConversationReference {
  bearerId: number
  applicationName: string
  clientConversationId: string | null
  globalId: string | null
  internalConversationId: string | null
  /** Kept by a conversation that had none. */
  callbackUrl: string | null
}

export interface ResolvedConversation {
  id: number
  client_conversation_id: string | null
  global_id: string | null
  internal_conversation_id: string | null
  callback_url: string | null
}

interface ConversationRow extends ResolvedConversation {
  place: number
}

const referenceColumns = {
  place: 'integer',
  bearer_id: 'bigint',
  application_name: 'text',
  client_conversation_id: 'text',
  global_id: 'text',
  internal_conversation_id: 'text',
  callback_url: 'text'
} as const

/**
 * The conversation of each reference, found by the first id that the request gives, or created on first use.
 * Undefined for a reference that gives none. One or two statements, whatever the number.
 */
export async function resolveConversations(
  database: Database,
  tx: Transaction,
  references: readonly ConversationReference[],
  now: number
): Promise<(ResolvedConversation | undefined)[]> {
  const rows = references
    .map((reference, place) => ({
      place,
      bearer_id: reference.bearerId,
      application_name: reference.applicationName,
      client_conversation_id: reference.clientConversationId,
      global_id: reference.globalId,
      internal_conversation_id: reference.internalConversationId,
      callback_url: reference.callbackUrl
    }))
    .filter(
      row => (row.client_conversation_id ?? row.global_id ?? row.internal_conversation_id) !== null
    )
  if (rows.length === 0) return references.map(() => undefined)

  let found = await findConversations(database, tx, rows)
  const missing = rows.filter(row => !found.has(row.place))
  if (missing.length > 0) {
    await database.insert(
      tx.sql,
      'conversations',
      { ...withoutPlace, created_at: 'bigint', updated_at: 'bigint' },
      missing.map(row => ({ ...row, created_at: now, updated_at: now })),
      sql`on conflict do nothing`
    )
    found = new Map([...found, ...(await findConversations(database, tx, missing))])
  }
  await keepCallbackUrls(database, tx, rows, found, now)
  return references.map((_, place) => found.get(place))
}

const { place: _place, ...withoutPlace } = referenceColumns

type ConversationId = 'client_conversation_id' | 'global_id' | 'internal_conversation_id'

/** In the order in which they are asked about. */
const ids: readonly ConversationId[] = [
  'client_conversation_id',
  'global_id',
  'internal_conversation_id'
]

type ReferenceRow = { place: number; bearer_id: number; application_name: string } & Record<
  ConversationId,
  string | null
>

/** Conversations by place: by the first id, and what that does not find by the next one given. */
async function findConversations(
  database: Database,
  tx: Transaction,
  rows: readonly ReferenceRow[]
): Promise<Map<number, ConversationRow>> {
  const found = new Map<number, ConversationRow>()
  for (const id of ids) {
    const group = rows
      .filter(row => row[id] !== null && !found.has(row.place))
      .map(({ place, bearer_id, application_name, [id]: value }) => ({
        place,
        bearer_id,
        application_name,
        value
      }))
    if (group.length === 0) continue
    const { rows: hits } = await sql<ConversationRow>`
      select r.place, c.id, c.client_conversation_id, c.global_id, c.internal_conversation_id, c.callback_url
      from ${database.rows(group, { place: 'integer', bearer_id: 'bigint', application_name: 'text', value: 'text' })}
      join conversations c on c.bearer_id = r.bearer_id and c.application_name = r.application_name
        and ${sql.ref(`c.${id}`)} = r.value`.execute(tx.sql)
    for (const hit of hits) found.set(hit.place, hit)
  }
  return found
}

async function keepCallbackUrls(
  database: Database,
  tx: Transaction,
  rows: readonly { place: number; callback_url: string | null }[],
  found: ReadonlyMap<number, ConversationRow>,
  now: number
): Promise<void> {
  const wanted = new Map<number, string>()
  for (const row of rows) {
    const conversation = found.get(row.place)
    if (
      conversation &&
      conversation.callback_url === null &&
      row.callback_url !== null &&
      !wanted.has(conversation.id)
    )
      wanted.set(conversation.id, row.callback_url)
  }
  if (wanted.size === 0) return
  for (const conversation of found.values())
    conversation.callback_url ??= wanted.get(conversation.id) ?? null
  const list = [...wanted].map(([id, callback_url]) => ({ id, callback_url }))
  await sql`update conversations set callback_url = r.callback_url, updated_at = ${now}
    from ${database.rows(list, { id: 'bigint', callback_url: 'text' })}
    where conversations.id = r.id and conversations.callback_url is null`.execute(tx.sql)
}
