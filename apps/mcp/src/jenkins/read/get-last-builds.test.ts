import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetLastBuilds } from './get-last-builds.ts'

describeJenkinsTool(jenkinsGetLastBuilds, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web' },
  bad: [
    ['number', { count: 0 }, 'count must be between 1 and 100, got 0.'],
    [
      'tree',
      { tree: 'builds[number' },
      'tree "builds[number" is not a tree. A tree is a list of fields such as name,builds[number,result]{0,5}.',
    ],
  ],
})
