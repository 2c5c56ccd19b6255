import type { SessionRecord } from '../resources/session.ts'
import type { StreamRecord } from '../resources/stream.ts'
import type { World } from '../world.ts'
import { tell } from './tell.ts'

/** A stream that comes in by RTMP. There is no `id`. */
export function tellOfStream(
  world: World,
  session: SessionRecord,
  stream: StreamRecord,
  what: 'connected' | 'disconnected' | 'started' | 'stopped' | 'unbind'
): void {
  const object = {
    session_id: session.id,
    session_name: session.name,
    ...(session.key === null ? {} : { session_key: session.key }),
    stream_ingestion: {
      stream_id: stream.id,
      stream_name: stream.name,
      stream_description: stream.description,
      stream_key: stream.key,
      stream_url: stream.url,
      backup_stream_url: stream.backupUrl
    }
  }
  tell(world, { event: `session.stream_ingestion_${what}`, session, object })
}
