//! Ends what a test has started when the test itself is killed and cannot.
//!
//! A shell waits at a pipe that only the test holds open: when the pipe closes, whoever closed it,
//! the process groups that are still written down are killed. A signal of the kernel's at the death
//! of the parent (PR_SET_PDEATHSIG) would reach the servers but not their workers.

use rustix::process::Pid;
use std::{
    io::Write,
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, OnceLock, PoisonError},
};

const SCRIPT: &str = r#"
groups=
while read -r what group; do
    rest=
    for known in $groups; do
        [ "$known" = "$group" ] || rest="$rest $known"
    done
    groups=$rest
    [ "$what" = forget ] || groups="$groups $group"
done
for group in $groups; do
    kill -s KILL -- "-$group"
done
"#;

pub struct Undertaker {
    _shell: Child,
    orders: Mutex<ChildStdin>,
}

impl Undertaker {
    /// The one of this process.
    pub fn of_process() -> &'static Self {
        static ONE: OnceLock<Undertaker> = OnceLock::new();
        ONE.get_or_init(Self::start)
    }

    fn start() -> Self {
        // In a group of its own: an interrupt from the terminal is not meant for it.
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]).process_group(0).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut shell = command.spawn().expect("sh");
        let orders = Mutex::new(shell.stdin.take().expect("piped"));
        Self { _shell: shell, orders }
    }

    /// `group` is to end with this process.
    pub fn remember(&self, group: Pid) {
        self.tell("remember", group);
    }

    /// `group` has ended; its number may soon be another's.
    pub fn forget(&self, group: Pid) {
        self.tell("forget", group);
    }

    fn tell(&self, what: &str, group: Pid) {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let line = format!("{what} {}\n", group.as_raw_nonzero());
        // One write a line; only who kills the shell makes it fail.
        let _ = orders.write_all(line.as_bytes());
    }

    /// What happens when the process ends.
    #[cfg(test)]
    fn bury(self) {
        let Self { _shell: mut shell, orders } = self;
        drop(orders);
        assert!(shell.wait().expect("our child").success());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn start() -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 100 & wait"]).process_group(0).stdin(Stdio::null()).spawn().expect("sh")
    }

    #[test]
    fn groups_end_with_the_process_unless_forgotten() {
        let undertaker = Undertaker::start();
        let [mut first, mut second, mut spared] = [(); 3].map(|()| start());
        for child in [&first, &second, &spared] {
            undertaker.remember(Pid::from_child(child));
        }
        undertaker.forget(Pid::from_child(&spared));
        undertaker.bury();
        for child in [&mut first, &mut second] {
            assert_eq!(child.wait().unwrap().signal(), Some(9));
        }
        assert!(spared.try_wait().unwrap().is_none());
        rustix::process::kill_process_group(Pid::from_child(&spared), rustix::process::Signal::KILL).unwrap();
        spared.wait().unwrap();
    }
}
