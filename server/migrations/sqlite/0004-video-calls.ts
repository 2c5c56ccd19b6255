import { Migration } from '@mikro-orm/migrations'

export class VideoCalls extends Migration {
  override up(): void {
    for (const statement of statements) this.addSql(statement)
  }
}

const statements = [
  `create table video_calls (
    id integer not null primary key autoincrement,
    uuid text not null,
    bearer_id bigint not null,
    conversation_id bigint null,
    session_key text not null,
    session_name text not null,
    topic text not null,
    host_username text not null,
    maximum_call_length integer not null,
    recording integer not null,
    callback_url text null,
    internal_status text not null,
    provider_id text null,
    provider_status text null,
    start_time bigint null,
    end_time bigint null,
    joinable_until bigint not null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `create unique index video_calls_uuid on video_calls (uuid)`,
  `create unique index video_calls_session_key on video_calls (session_key)`,
  `create unique index video_calls_open_topic on video_calls (topic) where internal_status in ('created', 'started')`,
  `create index video_calls_topic on video_calls (topic, id)`,
  `create table video_call_participants (
    id integer not null primary key autoincrement,
    video_call_id bigint not null,
    user_key text not null,
    username text not null,
    is_host integer not null,
    token_issued_at bigint not null,
    token_expires_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `create index video_call_participants_call on video_call_participants (video_call_id)`,
  `create table video_call_sessions (
    id integer not null primary key autoincrement,
    video_call_id bigint not null,
    session_id text not null,
    started_at bigint null,
    ended_at bigint null,
    end_asked_at bigint null,
    recording_asked_at bigint null,
    recorded_at bigint null,
    reviews integer not null
  )`,
  `create index video_call_sessions_open on video_call_sessions (id) where ended_at is null`,
  `create index video_call_sessions_call on video_call_sessions (video_call_id)`,
  `create unique index video_call_sessions_session on video_call_sessions (session_id)`,
  `create table video_call_visits (
    id integer not null primary key autoincrement,
    video_call_id bigint not null,
    session_id text not null,
    user_id text not null,
    user_key text null,
    name text not null,
    participant_uuid text null,
    joined_at bigint null,
    left_at bigint null,
    leave_reason text null,
    told text null
  )`,
  `create index video_call_visits_call on video_call_visits (video_call_id)`,
  `create unique index video_call_visits_user on video_call_visits (session_id, user_id)`,
  `create table video_call_recordings (
    id integer not null primary key autoincrement,
    video_call_id bigint not null,
    session_id text not null,
    file_key text not null,
    file_type text not null,
    recording_type text null,
    recording_start bigint null,
    recording_end bigint null,
    user_key text null,
    download_url text not null,
    internal_status text not null,
    storage_key text not null,
    stored_size bigint null,
    stored_at bigint null,
    removed_at bigint null,
    created_at bigint not null,
    updated_at bigint not null
  )`,
  `create index video_call_recordings_call on video_call_recordings (video_call_id)`,
  `create unique index video_call_recordings_file on video_call_recordings (session_id, file_key)`
]
