//! Labels from clients of i-PI's protocol.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use super::cube::Cube;
use super::ipi_exchange::{GLANCE, Trouble, ask, dismiss};
use super::{LabelSource, Yielded};
use crate::ipi::{Address, Connection, Listener};
use crate::label::{Answer, Label, Request};
use cormorant_core::system::Element;
use cormorant_core::{Error, Result};

/// Time between two looks at the socket.
const PAUSE: Duration = Duration::from_millis(50);

/// A server of i-PI's protocol: programs that speak its other side connect, any number of them, and answer energy and forces. They are told
/// positions and cell, and know the elements from inputs of their own: all structures must have the atoms of the first, in its order.
/// The protocol has no word for a calculation that did not converge. Checked by `suite::label_ipi`.
pub struct IpiSource {
    address: Address,
    /// Time that a client may take for a structure.
    pub time_limit: Duration,
    /// Time without any client after which there are no labels.
    pub patience: Duration,
    /// How often a structure is tried whose client is lost.
    pub tries: u32,
    /// Edge in Å of the cube that structures without a cell stand in; that of the first with at least 20 Å more by default.
    pub box_edge: Option<f64>,
    /// From the first question on.
    listener: Option<Listener>,
    clients: Vec<Box<dyn Connection>>,
    /// Atoms of the first structure.
    elements: Vec<Element>,
    /// Of the first structure too.
    cube: Option<Cube>,
}

/// What a thread that talks with a client has to tell.
enum News {
    Label(usize, Label),
    Lost(usize, String),
    Refused(usize, String),
    Foreign(String),
}

impl IpiSource {
    /// That listens at `address`, with an hour for a structure, ten minutes for somebody to connect, and two tries.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self {
            address,
            time_limit: Duration::from_secs(3600),
            patience: Duration::from_secs(600),
            tries: 2,
            box_edge: None,
            listener: None,
            clients: Vec::new(),
            elements: Vec::new(),
            cube: None,
        }
    }

    fn require_same_atoms(&mut self, requests: &[Request]) -> Result<()> {
        for request in requests {
            if self.elements.is_empty() {
                self.elements.clone_from(&request.system.elements);
            }
            if request.system.elements != self.elements {
                return Err(Error::Invalid(
                    "structures for `ipi` have other atoms, or in another order, than the first, and clients of i-PI know only that; \
                     label them apart"
                        .into(),
                ));
            }
        }
        Ok(())
    }
}

/// What the threads share.
struct Work<'w> {
    requests: &'w [Request],
    /// Places of requests that nobody works at.
    open: Mutex<VecDeque<usize>>,
    /// Everything is answered, or the end is near.
    over: AtomicBool,
    time_limit: Duration,
    cube: Cube,
    stop: &'w (dyn Fn() -> bool + Sync),
}

impl Work<'_> {
    fn open(&self) -> MutexGuard<'_, VecDeque<usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks `client` for one structure after the other until the work is over; it comes back if it is still there.
    fn talk(&self, mut client: Box<dyn Connection>, news: &mpsc::Sender<News>) -> Option<Box<dyn Connection>> {
        let stop = || self.over.load(Ordering::Relaxed) || (self.stop)();
        client.wait_at_most(Some(GLANCE)).ok()?;
        while !stop() {
            let Some(place) = self.open().pop_front() else {
                std::thread::sleep(PAUSE);
                continue;
            };
            let deadline = Instant::now() + self.time_limit;
            let system = &self.requests[place].system;
            let found = match self.cube.fault(system) {
                Some(reason) => Err(Trouble::Refused(reason)),
                None => ask(client.as_mut(), system, self.cube, deadline, &stop),
            };
            let (told, lost) = match found {
                Ok(label) => (News::Label(place, label), false),
                Err(Trouble::Refused(reason)) => (News::Refused(place, reason), false),
                Err(Trouble::Lost(reason)) => (News::Lost(place, reason), true),
                Err(Trouble::Foreign(reason)) => (News::Foreign(reason), true),
            };
            if news.send(told).is_err() || lost {
                return None;
            }
        }
        Some(client)
    }
}

impl LabelSource for IpiSource {
    fn label(
        &mut self,
        requests: &[Request],
        stop: &(dyn Fn() -> bool + Sync),
        answered: &mut dyn FnMut(usize, Answer) -> Result<()>,
    ) -> Result<Yielded> {
        self.require_same_atoms(requests)?;
        let Some(first) = requests.first() else { return Ok(Yielded::All) };
        let about = || Cube::about(&first.system);
        let cube = *self.cube.get_or_insert_with(|| self.box_edge.map_or_else(about, |edge| Cube { edge }));
        let listener = match self.listener.take() {
            Some(listener) => listener,
            None => Listener::at(&self.address)?,
        };
        let work = Work {
            requests,
            open: Mutex::new((0..requests.len()).collect()),
            over: AtomicBool::new(false),
            time_limit: self.time_limit,
            cube,
            stop,
        };
        let (sender, news) = mpsc::channel();
        let waiting = std::mem::take(&mut self.clients);
        let (patience, most, address) = (self.patience, self.tries.max(1), self.address.clone());
        let (done, clients) = std::thread::scope(|scope| {
            let work = &work;
            let start = |client| {
                let sender = sender.clone();
                scope.spawn(move || work.talk(client, &sender))
            };
            let mut threads: Vec<_> = waiting.into_iter().map(start).collect();
            let mut tries = vec![0; requests.len()];
            let mut left = requests.len();
            let mut alone_since = Instant::now();
            let mut serve = || -> Result<()> {
                while left > 0 {
                    if stop() {
                        return Err(Error::Interrupted("labels that were finished are kept".into()));
                    }
                    let next = listener.next();
                    let next = next.map_err(|error| Error::External(format!("{address} failed: {error}")))?;
                    threads.extend(next.map(start));
                    if threads.iter().any(|thread| !thread.is_finished()) {
                        alone_since = Instant::now();
                    } else if alone_since.elapsed() > patience {
                        return Err(Error::External(format!(
                            "no client of i-PI's protocol is connected to {address} since {:.0} s (`patience`); start one, and give \
                             the same command again",
                            patience.as_secs_f64()
                        )));
                    }
                    match news.recv_timeout(PAUSE) {
                        Ok(News::Label(place, label)) => {
                            left -= 1;
                            answered(place, Answer::Label(label))?;
                        }
                        Ok(News::Lost(place, reason)) => {
                            tries[place] += 1;
                            if tries[place] < most {
                                work.open().push_front(place);
                            } else {
                                left -= 1;
                                answered(place, Answer::Failed(reason))?;
                            }
                        }
                        Ok(News::Refused(place, reason)) => {
                            left -= 1;
                            answered(place, Answer::Failed(reason))?;
                        }
                        Ok(News::Foreign(reason)) => return Err(Error::External(format!("at {address}, {reason}"))),
                        Err(_) => {}
                    }
                }
                Ok(())
            };
            let done = serve();
            work.over.store(true, Ordering::Relaxed);
            let clients: Vec<_> = threads.into_iter().filter_map(|thread| thread.join().ok().flatten()).collect();
            (done, clients)
        });
        (self.listener, self.clients) = (Some(listener), clients);
        done.map(|()| Yielded::All)
    }
}

impl Drop for IpiSource {
    fn drop(&mut self) {
        self.clients.iter_mut().for_each(|client| dismiss(client.as_mut()));
    }
}
