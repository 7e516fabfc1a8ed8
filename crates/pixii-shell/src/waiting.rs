//! Waiting for the endpoint, so that Ctrl-C ends the waiting and not the shell.

use crate::client::{Client, ClientError};
use std::io;
use tokio::runtime::{Builder, Runtime};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The client says why.
    Client(ClientError),
    /// The user would not wait.
    Interrupted,
}

/// A client, and how to wait for it.
#[derive(Debug)]
pub struct Asking {
    client: Client,
    /// Where signals are waited for; none if they should end the process.
    signals: Option<Runtime>,
}

impl Asking {
    /// Waits for answers whatever comes: a signal ends the process.
    pub fn patiently(client: Client) -> Self {
        Self { client, signals: None }
    }

    /// Waits for answers until Ctrl-C.
    pub fn until_interrupted(client: Client) -> io::Result<Self> {
        Ok(Self { client, signals: Some(Builder::new_current_thread().enable_all().build()?) })
    }

    /// Asks, and waits. A request that nobody waits for any more goes on by itself.
    pub fn ask<T, F>(&self, question: F) -> Result<T, NoAnswer>
    where
        T: Send + 'static,
        F: FnOnce(&Client) -> Result<T, ClientError> + Send + 'static,
    {
        let Some(signals) = &self.signals else { return question(&self.client).map_err(NoAnswer::Client) };
        let client = self.client.clone();
        signals.block_on(async move {
            let answer = tokio::task::spawn_blocking(move || question(&client));
            tokio::select! {
                answer = answer => match answer {
                    Ok(answer) => answer.map_err(NoAnswer::Client),
                    Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
                },
                _ = tokio::signal::ctrl_c() => Err(NoAnswer::Interrupted),
            }
        })
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        // Not to wait for those that nobody waits for.
        if let Some(signals) = self.signals.take() {
            signals.shutdown_background();
        }
    }
}
