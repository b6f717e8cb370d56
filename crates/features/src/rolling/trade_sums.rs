use std::collections::VecDeque;

use scaleout_market::{Timestamp, Trade};

use super::stack::Stack;
use crate::Window;

/// Sums over the trades of a window, whichever way the window is measured.
///
/// In bars the sums of a bar enter when it closes; otherwise each trade enters at once. A window in seconds holds the
/// trades after `now − seconds`, one in volume the fewest last trades that together reach it.
#[derive(Debug, Clone)]
pub(crate) struct TradeSums<const N: usize> {
    window: Window,
    stack: Stack<[f64; N]>,
    /// The sums of the bar that has not closed yet.
    open: [f64; N],
    /// Quantities (window in volume) of the trades in the stack.
    quantities: VecDeque<f64>,
    /// Times (window in seconds) of the trades in the stack.
    times: VecDeque<Timestamp>,
    quantity_sum: Stack<[f64; 1]>,
    first_ts: Option<Timestamp>,
    last_ts: Option<Timestamp>,
}

impl<const N: usize> TradeSums<N> {
    /// Empty sums over `window`.
    pub(crate) fn new(window: Window) -> Self {
        let capacity = match window {
            Window::Bars(count) | Window::Trades(count) => count,
            Window::Volume(_) | Window::Seconds(_) => 64,
        };
        Self {
            window,
            stack: Stack::with_capacity(capacity),
            open: [0.0; N],
            quantities: VecDeque::new(),
            times: VecDeque::new(),
            quantity_sum: Stack::with_capacity(0),
            first_ts: None,
            last_ts: None,
        }
    }

    /// Takes in what one trade adds to each sum.
    pub(crate) fn trade(&mut self, trade: &Trade, sample: [f64; N]) {
        match self.window {
            Window::Bars(_) => {
                for (sum, value) in self.open.iter_mut().zip(sample) {
                    *sum += value;
                }
            }
            Window::Trades(count) => {
                if self.stack.len() == count {
                    self.stack.pop();
                }
                self.stack.push(sample);
            }
            Window::Volume(volume) => {
                self.stack.push(sample);
                self.quantities.push_back(trade.qty);
                self.quantity_sum.push([trade.qty]);
                while let Some(oldest) = self.quantities.front()
                    && volume <= held(&self.quantity_sum) - oldest
                {
                    self.quantities.pop_front();
                    self.quantity_sum.pop();
                    self.stack.pop();
                }
            }
            Window::Seconds(_) => {
                self.stack.push(sample);
                self.times.push_back(trade.ts);
                self.expire(trade.ts);
            }
        }
    }

    /// Closes a bar at `ts`.
    pub(crate) fn bar(&mut self, ts: Timestamp) {
        match self.window {
            Window::Bars(count) => {
                if self.stack.len() == count {
                    self.stack.pop();
                }
                self.stack.push(std::mem::replace(&mut self.open, [0.0; N]));
            }
            Window::Trades(_) | Window::Volume(_) => {}
            Window::Seconds(_) => self.expire(ts),
        }
    }

    /// The sums, once the window is full.
    pub(crate) fn sums(&self) -> Option<[f64; N]> {
        let full = match self.window {
            Window::Bars(count) | Window::Trades(count) => self.stack.len() == count,
            Window::Volume(volume) => volume <= held(&self.quantity_sum),
            Window::Seconds(seconds) => {
                self.first_ts.zip(self.last_ts).is_some_and(|(first, last)| seconds <= last.seconds_since(first))
            }
        };
        if full { Some(self.stack.summary().unwrap_or([0.0; N])) } else { None }
    }

    fn expire(&mut self, now: Timestamp) {
        let Window::Seconds(seconds) = self.window else { return };
        self.first_ts.get_or_insert(now);
        self.last_ts = Some(now);
        while let Some(oldest) = self.times.front()
            && seconds <= now.seconds_since(*oldest)
        {
            self.times.pop_front();
            self.stack.pop();
        }
    }
}

fn held(quantities: &Stack<[f64; 1]>) -> f64 {
    quantities.summary().map_or(0.0, |[sum]| sum)
}
