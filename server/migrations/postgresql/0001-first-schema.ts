import { Migration } from '@mikro-orm/migrations'

export class FirstSchema extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  `create table api_keys (
    id bigserial primary key,
    bearer_id bigint not null,
    token_hash text not null,
    created_at bigint not null
  )`,
  `create index api_keys_bearer on api_keys (bearer_id)`,
  `alter table api_keys add constraint api_keys_token_hash unique (token_hash)`,
  `create table bearers (
    id bigserial primary key,
    bearer_name text not null,
    bearer_type text not null,
    callback_url text null,
    username text not null,
    password_cipher text not null,
    signing_secret_cipher text not null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `create table client_events (
    id bigserial primary key,
    event_id uuid not null,
    type text not null,
    bearer_id bigint not null,
    resource_id text not null,
    occurrence text not null,
    callback_url text null,
    payload text not null,
    status text not null,
    attempts int not null,
    next_attempt_at bigint null,
    created_at bigint not null,
    settled_at bigint null
  )`,
  `alter table client_events add constraint client_events_event_id unique (event_id)`,
  `create index client_events_status on client_events (status, id)`,
  `create index client_events_bearer on client_events (bearer_id, id)`,
  `alter table client_events add constraint client_events_occurrence unique (resource_id, type, occurrence)`,
  `create table client_event_attempts (
    id bigserial primary key,
    client_event_id bigint not null,
    attempt int not null,
    at bigint not null,
    status_code int null,
    error text null,
    response text null,
    duration_ms int not null
  )`,
  `create index client_event_attempts_event on client_event_attempts (client_event_id)`,
  `create table conversations (
    id bigserial primary key,
    bearer_id bigint not null,
    application_name text not null,
    client_conversation_id text null,
    global_id text null,
    internal_conversation_id text null,
    callback_url text null,
    welcome_message text null,
    moderator_id text null,
    moderator_number text null,
    provider_number text null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `alter table conversations add constraint conversations_client_id unique (bearer_id, application_name, client_conversation_id)`,
  `alter table conversations add constraint conversations_global_id unique (bearer_id, application_name, global_id)`,
  `alter table conversations add constraint conversations_internal_id unique (bearer_id, application_name, internal_conversation_id)`,
  `create table dead_letters (
    id bigserial primary key,
    lane text not null,
    fairness_key bigint not null,
    payload text not null,
    attempts int not null,
    error text not null,
    created_at bigint not null,
    dead_at bigint not null
  )`,
  `create table idempotency_keys (
    id bigserial primary key,
    bearer_id bigint not null,
    key text not null,
    fingerprint text not null,
    status_code int null,
    answer_cipher text null,
    started_at bigint not null
  )`,
  `create index idempotency_keys_started on idempotency_keys (started_at)`,
  `alter table idempotency_keys add constraint idempotency_keys_key unique (bearer_id, key)`,
  `create table lane_entries (
    id bigserial primary key,
    lane text not null,
    fairness_key bigint not null,
    order_key text null,
    payload text not null,
    due_at bigint not null,
    attempts int not null,
    wakeups int not null,
    claim_token text null,
    created_at bigint not null
  )`,
  `create index lane_entries_due on lane_entries (lane, fairness_key, due_at, id)`,
  `create unique index lane_entries_order on lane_entries (lane, order_key) where order_key is not null`,
  `create table line_types (
    number text not null,
    line_type text null,
    error_code text null,
    looked_up_at bigint not null,
    primary key (number)
  )`,
  `create table messages (
    id bigserial primary key,
    uuid uuid not null,
    bearer_id bigint null,
    conversation_id bigint null,
    direction text not null,
    sender_number text not null,
    receiver_number text not null,
    message_body text not null,
    media_urls text not null,
    media_file_urls text not null,
    message_type text not null,
    priority text not null,
    provider text not null,
    provider_status text null,
    internal_status text not null,
    message_sid text null,
    messaging_service_sid text null,
    global_customer_id text null,
    callback_url text null,
    error_code text null,
    error_description text null,
    num_segments int not null,
    encoding text not null,
    send_at bigint null,
    provider_call_at bigint null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `alter table messages add constraint messages_uuid unique (uuid)`,
  `create unique index messages_sid on messages (message_sid) where message_sid is not null`,
  `create index messages_list on messages (bearer_id, sender_number, receiver_number, id)`,
  `create index messages_silent on messages (updated_at, id) where internal_status in ('sending', 'sent') and message_sid is not null`,
  `create table messaging_services (
    id bigserial primary key,
    uuid uuid not null,
    bearer_id bigint not null,
    name text not null,
    global_customer_id text null,
    provider_name text not null,
    provider_messaging_sid text not null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `alter table messaging_services add constraint messaging_services_uuid unique (uuid)`,
  `create index messaging_services_bearer on messaging_services (bearer_id)`,
  `alter table messaging_services add constraint messaging_services_provider_sid unique (provider_messaging_sid)`,
  `create table opt_outs (
    id bigserial primary key,
    recipient_number text not null,
    sender_key text not null,
    class text not null,
    keyword text not null,
    opted_out_at bigint not null,
    opted_in_at bigint null
  )`,
  `alter table opt_outs add constraint opt_outs_pair unique (recipient_number, sender_key, class)`,
  `create table participants (
    id bigserial primary key,
    bearer_id bigint not null,
    conversation_id bigint not null,
    participant_number text not null,
    provider_number text not null,
    pairing_deactivated_at bigint null,
    last_active_at bigint not null,
    created_at bigint not null
  )`,
  `create index participants_routing on participants (provider_number, participant_number, last_active_at)`,
  `create index participants_conversation on participants (conversation_id)`,
  `alter table participants add constraint participants_pairing unique (bearer_id, conversation_id, participant_number, provider_number)`,
  `create table provider_callbacks (
    id bigserial primary key,
    kind text not null,
    query text not null,
    body text not null,
    request_id text not null,
    received_at bigint not null,
    processed_at bigint null,
    outcome text null
  )`,
  `create table provider_numbers (
    id bigserial primary key,
    messaging_service_id bigint not null,
    number text not null,
    sid text not null,
    created_at bigint not null
  )`,
  `create index provider_numbers_service on provider_numbers (messaging_service_id)`,
  `alter table provider_numbers add constraint provider_numbers_number unique (number)`
]
