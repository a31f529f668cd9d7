import type { Installation } from './installation.fixture.ts'

/** Straight into the record, as questions and answers by turns: nobody waits for as many runs. */
export async function fillWithMessages({ sql }: Installation, conversationId: string, count: number): Promise<void> {
  await sql.query(
    `with said as (
       insert into messages (id, conversation_id, role, content, sequence, created_at)
       select gen_random_uuid(), $1, case when n % 2 = 0 then 'user' else 'assistant' end,
         case when n % 2 = 0 then 'question ' || n / 2 else '' end,
         n + 2, now() - interval '1 day' + n * interval '1 second'
       from generate_series(0, $2::int - 1) n
       returning id, role, sequence, created_at
     )
     insert into segments (id, message_id, run_id, ordinal, kind, text, created_at)
     select gen_random_uuid(), id, gen_random_uuid(), 1, 'text',
       'answer ' || (sequence - 2) / 2 || E', with **words**:\\n\\n- one\\n- two\\n\\n~~~yaml\\na: ' || sequence || E'\\n~~~',
       created_at
     from said where role = 'assistant'`,
    [conversationId, count],
  )
}
