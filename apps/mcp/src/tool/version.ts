import manifest from '../../package.json' with { type: 'json' }

/** Version of this server, as `serverInfo` and the user agent say it. */
export const version: string = manifest.version
