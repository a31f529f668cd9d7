import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { apiPath, buildPath } from '../../jenkins-http/job-path.ts'
import { answerText } from '../shared/answer-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { addressOf, apiUrl, buildNumber, buildOf, credentialsRef, job } from '../shared/params.ts'
import { readJson } from '../shared/read-json.ts'

const counts = 'failCount,passCount,skipCount,totalCount,duration'
const cases = 'suites[name,cases[className,name,status,age,duration,errorDetails,errorStackTrace]]'
// A build of several modules has a report of each.
const fields = `${counts},${cases},childReports[child[number,url],result[${cases}]]`
/** The message and where it was thrown; what comes behind says little. */
const MAX_TRACE = 1_000

export const jenkinsGetTestReport = defineTool({
  name: 'jenkins_get_test_report',
  title: 'Jenkins: Get Test Report',
  description: 'Count the tests of a build and show those that failed, with their errors.',
  group: 'jenkins-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    api_url: apiUrl,
    jobFullName: job,
    credentials_ref: credentialsRef,
    build: buildNumber,
    limit: optional('limit', integer(1, 100), 20),
  }),
  async run(args, { jenkins, settings }) {
    const connection = await jenkins(addressOf(args))
    const build = buildOf(args.build)
    const path = apiPath(`${buildPath(args.jobFullName, build)}/testReport`, fields)
    const { answer, body } = await readJson(connection, path, `tests of build ${build} of ${args.jobFullName.full}`, {
      missing: 'This build has recorded no test results.',
    })
    const report = body as Report
    const failed = failedOf(report)
    const { failCount = failed.length, passCount, skipCount = 0, totalCount } = report
    const shown = failed.slice(0, args.limit)
    const passed = passCount ?? (totalCount === undefined ? undefined : totalCount - failCount - skipCount)
    return {
      ...answerText(answer, { failed: failCount, passed, skipped: skipCount, failures: shown }, settings),
      total_items: failed.length,
      returned_items: shown.length,
    }
  },
})

type Case = { className?: string; name?: string; status?: string; age?: number } & {
  errorDetails?: string | null
  errorStackTrace?: string | null
}
type Suites = { suites?: readonly { name?: string; cases?: readonly Case[] }[] }
type Report = Suites & { failCount?: number; passCount?: number; skipCount?: number; totalCount?: number } & {
  childReports?: readonly { result?: Suites }[]
}

function failedOf({ suites = [], childReports = [] }: Report) {
  const all = [...suites, ...childReports.flatMap(({ result }) => result?.suites ?? [])]
  return all.flatMap(({ name: suite, cases = [] }) =>
    cases
      .filter(({ status }) => status === 'FAILED' || status === 'REGRESSION')
      .map(({ className, name, status, age, errorDetails, errorStackTrace }) => ({
        suite,
        test: `${className ?? ''}.${name ?? ''}`,
        // A regression has passed in the build before.
        isNew: status === 'REGRESSION',
        failsSinceBuilds: age,
        error: errorDetails ?? undefined,
        trace: errorStackTrace?.slice(0, MAX_TRACE),
      })),
  )
}
