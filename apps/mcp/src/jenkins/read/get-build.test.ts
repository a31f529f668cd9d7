import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsGetBuild } from './get-build.ts'

describeJenkinsTool(jenkinsGetBuild, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', build: 'lastFailedBuild' },
  bad: [
    [
      'build',
      { build: 'newest' },
      'build must be a number or one of lastBuild, lastCompletedBuild, lastFailedBuild, lastStableBuild, lastSuccessfulBuild, lastUnstableBuild, lastUnsuccessfulBuild.',
    ],
    [
      'tree',
      { tree: 'builds[number' },
      'tree "builds[number" is not a tree. A tree is a list of fields such as name,builds[number,result]{0,5}.',
    ],
  ],
})
