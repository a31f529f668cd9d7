import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsSearchJobs } from './search-jobs.ts'

describeJenkinsTool(jenkinsSearchJobs, {
  minimal: { keyword: 'web' },
  good: { keyword: 'web' },
  bad: [
    ['free text', { keyword: 'a'.repeat(201) }, 'keyword has 201 characters. At most 200 are allowed.'],
    ['number', { limit: 0 }, 'limit must be between 1 and 100, got 0.'],
  ],
})
