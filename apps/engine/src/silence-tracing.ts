/**
 * With these in the environment the graph library sends what its nodes are given, and give, to a hosted service. It reads
 * them when it is loaded, so this module is imported before it, and by nobody else.
 */
for (const name of ['LANGSMITH_TRACING', 'LANGSMITH_TRACING_V2', 'LANGCHAIN_TRACING', 'LANGCHAIN_TRACING_V2']) {
  delete process.env[name]
}
for (const name of ['LANGSMITH_API_KEY', 'LANGCHAIN_API_KEY']) delete process.env[name]
