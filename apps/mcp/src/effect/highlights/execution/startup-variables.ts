const startup =
  /^(?:BASH_ENV|BASH_FUNC_.*|PROMPT_COMMAND|LD_PRELOAD|LD_AUDIT|LD_LIBRARY_PATH|GCONV_PATH|OPENSSL_CONF|LUA_INIT(?:_5_\d)?|LUA_C?PATH|PHPRC|PHP_INI_SCAN_DIR|ERL_(?:A|Z)?FLAGS|CLASSPATH|JAVA_OPTS|CATALINA_OPTS|CORECLR_PROFILER_PATH|NODE_OPTIONS|NODE_PATH|PYTHONSTARTUP|PYTHONPATH|PYTHONHOME|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|DOTNET_STARTUP_HOOKS|GIT_SSH|GIT_SSH_COMMAND|PATH)$/

/**
 * Whether a shell, the loader or a language's run time runs what a variable says by itself. Most that are called `ENV` only
 * say where they are; a shell takes it for a path.
 */
export function isStartupVariable(name: string, value = '/'): boolean {
  return name === 'ENV' ? value.includes('/') : startup.test(name)
}
