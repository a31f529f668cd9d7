import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsStopBuild } from './stop-build.ts'

describeJenkinsTool(jenkinsStopBuild, {
  minimal: { jobFullName: 'web' },
  good: { jobFullName: 'shop/web', build: '7' },
  bad: [
    [
      'build',
      { build: 'newest' },
      'build must be a number or one of lastBuild, lastCompletedBuild, lastFailedBuild, lastStableBuild, lastSuccessfulBuild, lastUnstableBuild, lastUnsuccessfulBuild.',
    ],
  ],
})
