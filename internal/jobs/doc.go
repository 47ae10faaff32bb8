// Package jobs runs background work that outlives a crash, on River, on both engines.
//
// The life of a job:
//
//  1. A noun registers a worker with Add, or a tick with Every, before Start.
//  2. Enqueue stores the job in the caller's transaction: the row that makes the job necessary and the job appear together or not at all.
//  3. After the commit a node takes it up at once (LISTEN on PostgreSQL, a channel inside the process on SQLite; polling every second is enough when both are lost).
//  4. The worker's answer decides: nil is done, Snooze is later, Cancel is never again, any other error is tried again with growing pauses.
//  5. A job whose process was killed is taken up again when a process of the same node name starts, at the latest after RescueAfter.
//
// The ledger decides, not the job: a worker may run twice, at the same time too, and must see that. Arguments are ids. There is one job for a chunk of rows, never one for a message.
// Job ids are not given out: SQLite may use the id of a deleted job again. Jobs are stopped by the state of our own rows, never by cancelling the job.
//
// River keeps its times by the machine's clock, also in simulation. What must follow a simulated clock is a row with a time and a tick that looks for it.
package jobs
