/** A fault that tests have once let through, as a patch beside this file, and the test that must find it. */
export type KeptMutant = { patch: string; file: string; test: string }

export const keptMutants: readonly KeptMutant[] = [
  {
    patch: 'a-lost-run-is-still-held.patch',
    file: 'apps/engine/src/runs/run-rows.test.ts',
    test: 'writes nothing for the run any more, with its position or without, and does not end it',
  },
  {
    patch: 'a-lost-run-is-given-back.patch',
    file: 'apps/engine/src/runs/run-rows.test.ts',
    test: 'does not give the run back: who has it now keeps it',
  },
  {
    patch: 'a-lost-run-is-renewed.patch',
    file: 'apps/engine/src/runs/run-rows.test.ts',
    test: 'is not renewed, nor does it prolong the lease of who has the run now',
  },
  {
    patch: 'a-write-is-sent-without-end.patch',
    file: 'tests/wire/sequences.takeovers.test.ts',
    test: 'before the write, twice: it is sent once more and no third time, and its outcome is unknown',
  },
  {
    patch: 'a-permit-never-ends.patch',
    file: 'apps/mcp/src/gate/grant/permit-time.test.ts',
    test: 'a write that is overtaken when its time is over is not tried again',
  },
  {
    patch: 'a-head-is-not-checked.patch',
    file: 'tests/wire/audit-heads.test.ts',
    test: 'a head whose signature is another is named, though every row of the chain is as it was',
  },
  {
    patch: 'a-cookie-is-no-secret.patch',
    file: 'tests/wire/secret-fields.test.ts',
    test: 'what stands in a field named cookie is told to nobody, whatever it looks like',
  },
]
