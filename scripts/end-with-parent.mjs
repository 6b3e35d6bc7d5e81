// Ends a process with its parent, whose IPC channel closes with it. Loaded into every process that run.mjs or Next
// starts.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
