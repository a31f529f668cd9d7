/** To be preloaded (`--import`): from SIGUSR2 on, the process's event loop stands still, without taking any CPU. */
process.on('SIGUSR2', function standStill() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0)
})
