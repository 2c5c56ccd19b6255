import { Migration } from '@mikro-orm/migrations'

export class Announcements extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  `create table announcements (
    id integer not null primary key autoincrement,
    bearer_id bigint not null,
    client_announcement_id text not null,
    messaging_service_id bigint not null,
    global_customer_id text not null,
    type text not null,
    body text not null,
    media_urls text not null,
    provider_number text null,
    callback_url text null,
    voice text null,
    language text null,
    send_at bigint null,
    state text not null,
    repeated bigint not null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `create unique index announcements_client_id on announcements (bearer_id, client_announcement_id)`,
  `create table announcement_batches (
    id integer not null primary key autoincrement,
    bearer_id bigint not null,
    client_announcement_id text not null,
    announcement text not null,
    recipients text not null,
    recipient_count integer not null,
    created_at bigint not null
  )`,
  `create index announcement_batches_client_id on announcement_batches (bearer_id, client_announcement_id)`,
  `create table sticky_senders (
    id integer not null primary key autoincrement,
    messaging_service_id bigint not null,
    recipient_number text not null,
    provider_number text not null
  )`,
  `create unique index sticky_senders_pair on sticky_senders (messaging_service_id, recipient_number)`,
  `alter table messages add column announcement_id bigint null`,
  `alter table messages add column client_message_id text null`,
  `alter table messages add column answered_by text null`,
  `create unique index messages_announcement_recipient on messages (announcement_id, receiver_number) where announcement_id is not null`,
  `create index messages_announcement_status on messages (announcement_id, internal_status, updated_at) where announcement_id is not null`,
  `alter table provider_numbers add column state_code text null`,
  `alter table provider_numbers add column announcement_number integer not null default false`,
  `alter table provider_numbers add column number_type text not null default 'long_code'`,
  `alter table provider_numbers add column messages_per_second double null`,
  `alter table provider_numbers add column next_slot_at double not null default 0`,
  `alter table provider_numbers add column next_send_at double not null default 0`,
  `alter table provider_numbers add column unhealthy_until bigint null`
]
