import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetJob } from './get-job.ts'

describeJenkinsTool(jenkinsGetJob, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web' },
  bad: [
    [
      'tree',
      { tree: 'builds[number' },
      'tree "builds[number" is not a tree. A tree is a list of fields such as name,builds[number,result]{0,5}.',
    ],
  ],
})
