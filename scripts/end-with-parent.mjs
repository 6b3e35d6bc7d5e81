// Loaded into each process that run.mjs starts, and into those that Next starts in turn. The channel to the parent
// closes when the parent is gone, however it went.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
