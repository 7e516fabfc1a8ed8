//! A server that is killed again and again under load, and never loses what it acknowledged.
//!
//! Each round starts `pixii dev` as a process of its own on the same directory, lets several clients write at once, and ends
//! it with SIGKILL at a moment that the seed decides. Then every acknowledged write must be there, no transaction half
//! there, every index as the items say, the stream's records must replay to the table, and `pixii check` must find the
//! directory clean.
//!
//! SIGKILL leaves the operating system's cache alone, so this shows nothing about syncs; [`crate::power`] does.

use crate::ledger::Ledger;
use crate::rounds_and_dice;
use crate::server::Server;
use crate::workload::{CLIENTS, Checked, check, create_table, random_write, toggle_index, verify};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;

/// Writes until the server is gone.
fn client(server: &Server, ledger: &mut Ledger, dice: &mut SmallRng) {
    let mut connection = server.connect();
    loop {
        let (operation, request, change) = random_write(ledger, 20, dice);
        ledger.begin(change);
        match connection.ask(operation, &request) {
            Ok((200, _)) => ledger.acknowledged(),
            // All clients add to the same counter in their transactions.
            Ok((400, refusal)) if refusal.to_string().contains("TransactionConflict") => ledger.refused(),
            Ok((status, answer)) => panic!("{operation} {request} was answered {status} {answer}"),
            Err(_) => return,
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let (rounds, mut dice) = rounds_and_dice(8);
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let mut ledgers: Vec<Ledger> = (0..CLIENTS).map(|at| Ledger::new(format!("client{at}"))).collect();
    let server = Server::start(&data);
    assert_eq!(server.connect().ask("CreateTable", &create_table()).expect("it is up").0, 200);
    server.kill();
    for round in 0..rounds {
        if dice.random_ratio(1, 4) {
            // Killed while it recovers from the last time.
            Server::spawn_and_kill(&data, Duration::from_millis(dice.random_range(0..80)));
        }
        let server = Server::start(&data);
        if dice.random_ratio(1, 3) {
            toggle_index(&server);
        }
        let mut dices: Vec<SmallRng> =
            ledgers.iter().map(|_| SmallRng::seed_from_u64(dice.random())).collect();
        let until_killed = Duration::from_millis(dice.random_range(1..500));
        std::thread::scope(|scope| {
            for (ledger, dice) in ledgers.iter_mut().zip(&mut dices) {
                let server = &server;
                scope.spawn(move || client(server, ledger, dice));
            }
            std::thread::sleep(until_killed);
            server.kill_now();
        });
        server.kill();
        // Who comes first recovers.
        if dice.random_ratio(1, 2) {
            assert_eq!(check(&data), Ok(Checked::Clean));
        }
        let server = Server::start(&data);
        verify(&server, &mut ledgers).unwrap_or_else(|fault| panic!("{fault}"));
        server.kill();
        assert_eq!(check(&data), Ok(Checked::Clean));
        let writes: u64 = ledgers.iter().map(|ledger| ledger.acknowledgements).sum();
        let settled: u64 = ledgers.iter().map(|ledger| ledger.in_doubt).sum();
        println!("round {round}: {writes} writes acknowledged so far, {settled} in doubt");
    }
    let writes: u64 = ledgers.iter().map(|ledger| ledger.acknowledgements).sum();
    assert!(writes > 10 * rounds, "only {writes} writes were acknowledged: that shows nothing");
}
