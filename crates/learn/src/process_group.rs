//! Programs that are ended with all that they have started.

use std::process::Child;

/// Ends `child`, which leads a process group of its own, and the others of the group.
pub(crate) fn end_group(child: &mut Child) {
    if let Some(group) = rustix::process::Pid::from_raw(child.id().cast_signed()) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
