import { describeJenkinsTool } from '../../fixtures/tools/jenkins-world.fixture.ts'
import { jenkinsUpdateBuild } from './update-build.ts'

describeJenkinsTool(jenkinsUpdateBuild, {
  minimal: { jobFullName: 'web', description: 'checked' },
  good: { jobFullName: 'shop/web', build: 6, description: 'checked' },
  bad: [
    ['number, of the build', { build: 0 }, 'build must be between 1 and 2147483647, got 0.'],
    ['text', { displayName: 'a\nb' }, 'displayName must not contain a newline or another control character.'],
    ['whole call', { description: null }, 'displayName or description must be given.'],
  ],
})
