/** Where the checkpointer keeps positions. Unlogged: a crash of the database may empty it. */
export const positionsTable = `create unlogged table if not exists run_positions (
  thread_id text primary key,
  checkpoint jsonb not null,
  metadata jsonb not null
)`
