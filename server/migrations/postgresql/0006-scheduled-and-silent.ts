import { Migration } from '@mikro-orm/migrations'

export class ScheduledAndSilent extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  `create index messages_announcement_scheduled on messages (announcement_id, send_at, id) where internal_status = 'scheduled' and announcement_id is not null`,
  `create table message_sweeps (
    id bigserial primary key,
    name text not null,
    checked_until bigint not null
  )`,
  `alter table message_sweeps add constraint message_sweeps_name unique (name)`
]
