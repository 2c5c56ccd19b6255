import { sql } from 'kysely'
import type { Executor } from '../../platform/database.ts'

/** Who calls whom, and through which messaging service. */
export interface CallerIdQuestion {
  bearerId: number
  isAdmin: boolean
  conversationId: number | null
  participantNumber: string
  messagingServiceSid: string | undefined
  globalCustomerId: string | undefined
}

/**
 * The number that the called person sees: one of the messaging service's own. The one that they know from this
 * conversation comes first, then the conversation's own, then one that they know from another, then the oldest. Undefined
 * when there is none.
 */
export async function chooseCallerId(
  executor: Executor,
  question: CallerIdQuestion
): Promise<string | undefined> {
  const { bearerId, isAdmin, conversationId, participantNumber } = question
  const { messagingServiceSid: service, globalCustomerId: customer } = question
  const { rows } = await sql<{ number: string }>`
    select n.number
    from provider_numbers n join messaging_services s on s.id = n.messaging_service_id
    left join conversations c on c.id = ${conversationId ?? 0}
    where not n.announcement_number
      ${isAdmin ? sql`` : sql`and s.bearer_id = ${bearerId}`}
      ${service === undefined ? sql`` : sql`and s.provider_messaging_sid = ${service}`}
      ${customer === undefined ? sql`` : sql`and s.global_customer_id = ${customer}`}
    order by
      case
        when exists (select 1 from participants p where p.bearer_id = ${bearerId}
          and p.conversation_id = ${conversationId ?? 0} and p.conversation_id <> 0
          and p.participant_number = ${participantNumber} and p.provider_number = n.number) then 0
        when c.provider_number = n.number then 1
        when exists (select 1 from participants p where p.bearer_id = ${bearerId}
          and p.participant_number = ${participantNumber} and p.provider_number = n.number) then 2
        else 3
      end, n.id
    limit 1`.execute(executor)
  return rows[0]?.number
}
