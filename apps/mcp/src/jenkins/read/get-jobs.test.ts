import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetJobs } from './get-jobs.ts'

describeJenkinsTool(jenkinsGetJobs, {
  minimal: {},
  good: {},
  bad: [['number', { limit: 101 }, 'limit must be between 1 and 100, got 101.']],
})
