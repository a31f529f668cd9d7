/** To be preloaded (`--import`): from SIGUSR2 on, the process's event loop stands still. */
process.on('SIGUSR2', function standStill() {
  for (;;);
})
