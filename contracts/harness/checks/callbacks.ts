import type { Exchange } from '../client.ts'
import type { Json } from '../json.ts'
import { scheduled } from '../recipes/messages.ts'
import { aSid, signed } from '../recipes/provider-callbacks.ts'
import { eventually, recordOf, type World } from '../world/world.ts'

/** The provider reports a status of a text. */
export function report(
  world: World,
  uuid: string,
  status: string,
  { sid = aSid(world), ...more }: Json & { sid?: string } = {}
): Promise<Exchange> {
  const operation = world.document.operation('post_twilio_requests_webhook_message_updates')
  const request = {
    query: { message_uuid: uuid },
    body: { MessageSid: sid, MessageStatus: status, ...more }
  }
  return world.send(operation, null, signed(world, operation, request), { around: true })
}

/**
 * Everything that the provider called about before is processed: callbacks are, one batch after another, so the
 * effect of one that comes last tells of all.
 */
export async function settled(world: World): Promise<void> {
  const { message_uuid: uuid } = await scheduled(world, world.admin)
  await report(world, String(uuid), 'sent')
  const isSettled = await eventually(world, async () => {
    const read = await world.must('get_messages_by_uuid', world.admin, {
      params: { uuid: String(uuid) }
    })
    return recordOf(read)['internal_status'] === 'sent'
  })
  if (!isSettled) throw new Error('A report of the provider had no effect within 8 s')
}
