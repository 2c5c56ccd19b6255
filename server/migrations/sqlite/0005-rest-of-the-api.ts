import { Migration } from '@mikro-orm/migrations'

export class RestOfTheApi extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  `alter table messaging_services add column state_code text null`,
  `alter table messaging_services add column twilio_messaging_sid text null`,
  `alter table messaging_services add column business_profile_sid text null`,
  `alter table messaging_services add column business_profile_status text null`,
  `alter table messaging_services add column shaken_stir_product_sid text null`,
  `alter table messaging_services add column shaken_stir_product_status text null`,
  `alter table messaging_services add column brand_registration_sid text null`,
  `alter table messaging_services add column brand_status text null`,
  `alter table messaging_services add column brand_identity_status text null`,
  `alter table messaging_services add column brand_told_at bigint null`,
  `alter table messaging_services add column campaign_status text null`,
  `alter table messaging_services add column campaign_told_at bigint null`,
  `alter table messaging_services add column compliance_error text null`,
  `alter table messaging_services add column synchronized_at bigint null`,
  `alter table messaging_services add column synchronization_error text null`,
  `update messaging_services set twilio_messaging_sid = provider_messaging_sid where provider_name = 'twilio'`,
  `create unique index messaging_services_name on messaging_services (bearer_id, name)`,
  `create unique index messaging_services_twilio_sid on messaging_services (twilio_messaging_sid) where twilio_messaging_sid is not null`,
  `create index messaging_services_customer on messaging_services (global_customer_id)`,
  `alter table provider_numbers add column placed_at bigint not null default 0`,
  `create table number_jobs (
    id integer not null primary key autoincrement,
    uuid text not null,
    kind text not null,
    messaging_service_id bigint not null,
    target_service_id bigint null,
    state_code text null,
    announcement_number integer not null,
    state text not null,
    error text null,
    created_at bigint not null,
    finished_at bigint null
  )`,
  `create unique index number_jobs_uuid on number_jobs (uuid)`,
  `create table number_job_items (
    id integer not null primary key autoincrement,
    number_job_id bigint not null,
    position integer not null,
    number text null,
    sid text null,
    state text not null,
    error_code text null,
    error text null
  )`,
  `create unique index number_job_items_position on number_job_items (number_job_id, position)`,
  `create index number_job_items_waiting on number_job_items (number) where state = 'waiting'`,
  `alter table dead_letters add column order_key text null`,
  `create index dead_letters_lane on dead_letters (lane, id)`,
  `create index client_events_type on client_events (type, id)`,
  `create index opt_outs_sender on opt_outs (sender_key, id)`,
  `create table daily_stats (
    id integer not null primary key autoincrement,
    source text not null,
    day text not null,
    counts text not null,
    counted_at bigint not null,
    is_final integer not null
  )`,
  `create unique index daily_stats_day on daily_stats (source, day)`,
  `create table bearer_limits (
    id integer not null primary key autoincrement,
    bearer_id bigint not null,
    texts_per_minute integer null,
    texts_per_day integer null,
    calls_per_minute integer null,
    calls_per_day integer null,
    updated_at bigint not null
  )`,
  `create unique index bearer_limits_bearer on bearer_limits (bearer_id)`,
  `create table usage_counts (
    id integer not null primary key autoincrement,
    bearer_id bigint not null,
    kind text not null,
    span text not null,
    starts_at bigint not null,
    count bigint not null
  )`,
  `create unique index usage_counts_span on usage_counts (bearer_id, kind, span)`,
  `create table audit_entries (
    id integer not null primary key autoincrement,
    at bigint not null,
    bearer_id bigint not null,
    bearer_name text not null,
    api_key_id bigint not null,
    action text not null,
    path text not null,
    given text not null,
    request_id text not null,
    status_code integer null
  )`,
  `create index audit_entries_bearer on audit_entries (bearer_id, id)`,
  `create index audit_entries_action on audit_entries (action, id)`
]
