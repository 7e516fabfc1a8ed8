//! Runs a workload over many connections.
#![allow(clippy::disallowed_methods, reason = "measuring needs the machine's clock")]

use crate::Options;
use crate::client::Client;
use crate::report::Report;
use crate::sync::SyncedFile;
use crate::workload::{self, Payload, Requests};
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Loads the table, warms up, measures.
pub async fn run(options: &Options) -> io::Result<Report> {
    if !options.no_load {
        load(options).await?;
    }
    let started = Instant::now();
    let from = started + Duration::from_secs_f64(options.warm_up);
    let until = from + Duration::from_secs_f64(options.seconds);
    let payload = Arc::new(Payload::new(options.item_bytes));
    let mut connections = Vec::with_capacity(options.connections);
    for connection in 0..options.connections {
        let client = Client::connect(&options.endpoint).await?;
        let requests = Requests::new(options.workload, options, connection as u64, &payload);
        let pace = options.rate.map(|rate| {
            let period = Duration::from_secs_f64(options.connections as f64 / rate);
            Pace { next: started + period.mul_f64(connection as f64 / options.connections as f64), period }
        });
        let sync_in = options.sync_in.as_deref();
        let synced = sync_in.map(|directory| SyncedFile::create(directory, connection)).transpose()?;
        connections.push(tokio::spawn(drive(client, requests, from..until, pace, synced)));
    }
    let mut report = Report::new();
    for connection in connections {
        report.add(connection.await.map_err(io::Error::other)??);
    }
    report.seconds = options.seconds;
    Ok(report)
}

/// When an open loop sends.
struct Pace {
    next: Instant,
    period: Duration,
}

async fn drive(
    mut client: Client,
    mut requests: Requests,
    measured: Range<Instant>,
    mut pace: Option<Pace>,
    mut synced: Option<SyncedFile>,
) -> io::Result<Report> {
    let mut report = Report::new();
    loop {
        if let Some(synced) = &mut synced {
            let took = synced.append()?;
            if measured.contains(&Instant::now()) {
                report.syncs.record(took.as_micros() as u64).expect("it grows as it must");
            }
        }
        let sent = match &mut pace {
            None => Instant::now(),
            Some(pace) => {
                // Latency counts from when the request was due, so that a stall is not hidden by the requests it delays.
                let due = pace.next;
                pace.next += pace.period;
                tokio::time::sleep_until(due.into()).await;
                due
            }
        };
        if sent >= measured.end {
            return Ok(report);
        }
        for at in 0..requests.next() {
            let answer = client.ask(requests.rendered(at)).await?;
            requests.answered(answer.body);
            let (failed, bytes) = (answer.status != 200, answer.body.len() as u64);
            if failed && report.first_error.is_none() {
                report.first_error = Some(String::from_utf8_lossy(answer.body).into_owned());
            }
            let now = Instant::now();
            if measured.contains(&now) {
                report.requests += 1;
                report.errors += u64::from(failed);
                report.bytes += bytes;
                report
                    .latencies
                    .record(now.duration_since(sent).as_micros() as u64)
                    .expect("it grows as it must");
            }
        }
    }
}

/// Creates the table afresh and fills it.
async fn load(options: &Options) -> io::Result<()> {
    let mut client = Client::connect(&options.endpoint).await?;
    let gone = client.ask(&workload::delete_table()).await?.status != 200;
    for _ in 0..200 {
        if gone || client.ask(&workload::describe_table()).await?.status != 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let answer = client.ask(&workload::create_table(options.workload)).await?;
    if answer.status != 200 {
        return Err(io::Error::other(String::from_utf8_lossy(answer.body).into_owned()));
    }
    loop {
        let answer = client.ask(&workload::describe_table()).await?;
        if String::from_utf8_lossy(answer.body).contains(r#""TableStatus":"ACTIVE""#) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut fillers = Vec::new();
    const FILLERS: u64 = 16;
    for filler in 0..FILLERS {
        let mut client = Client::connect(&options.endpoint).await?;
        let options = options.clone();
        fillers.push(tokio::spawn(async move {
            let (first, last) = (options.items * filler / FILLERS, options.items * (filler + 1) / FILLERS);
            for batch in workload::fill(&options, first..last) {
                let answer = client.ask(&batch).await?;
                if answer.status != 200 {
                    return Err(io::Error::other(String::from_utf8_lossy(answer.body).into_owned()));
                }
            }
            Ok(())
        }));
    }
    for filler in fillers {
        filler.await.map_err(io::Error::other)??;
    }
    Ok(())
}
