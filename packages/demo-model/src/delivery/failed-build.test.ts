import { expect, test } from 'vitest'
import { readFailedBuild } from './failed-build.ts'

test.each<[what: string, log: string, ReturnType<typeof readFailedBuild>]>([
  [
    'a push that a registry refuses',
    `[Pipeline] { (Build)
+ docker build -t registry.example/web:2 .
error: deprecated flag
Successfully built
[Pipeline] { (Push)
+ docker push registry.example/web:2
The push refers to repository [registry.example/web]
denied: quota of 10 GB exceeded
ERROR: script returned exit code 1
Finished: FAILURE`,
    { stage: 'Push', command: 'docker push registry.example/web:2', line: 'denied: quota of 10 GB exceeded' },
  ],
  [
    'a test',
    `Started by user Deployer
+ npm test

> web@1.0.0 test
AssertionError: 3 is not 4
    at Test.run (test.js:4:2)
npm ERR! code ELIFECYCLE
npm ERR! errno 1
ERROR: script returned exit code 1
Finished: FAILURE`,
    { command: 'npm test', line: 'AssertionError: 3 is not 4' },
  ],
  [
    'a compiler, with times before the lines',
    `[2026-01-02T03:04:05.678Z] + npx tsc
[2026-01-02T03:04:06.678Z] src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.
[2026-01-02T03:04:07.678Z] ERROR: script returned exit code 2`,
    { command: 'npx tsc', line: "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'." },
  ],
  [
    'a disk that is full, though a test says more',
    "+ make all\nFAILED: 3 tests\ntar: write error: No space left on device\nmake: *** [all] Error 2\nBuild step 'Execute shell' marked build as failure",
    { command: 'make all', line: 'tar: write error: No space left on device' },
  ],
  [
    'words that nobody knows',
    '+ ./deploy\nthe moon is full\nFinished: FAILURE',
    { command: './deploy', line: 'the moon is full' },
  ],
  [
    'a stage without a command',
    '[Pipeline] { (Approve)\nRejected by ada\nFinished: FAILURE',
    { stage: 'Approve', line: 'Rejected by ada' },
  ],
  ['nothing', '', {}],
])('of %s the log names stage, command and cause', (_what, log, failure) => {
  expect(readFailedBuild(log)).toEqual(failure)
})
