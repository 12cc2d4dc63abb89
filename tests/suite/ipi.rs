//! The client of i-PI, against a server of a few lines that speaks the protocol byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

use cormorant::ipi::{Address, Client, Ending, serve_all};
use cormorant::potential::{Evaluation, LennardJones, Potential, RequestedProperties, Truncation};
use cormorant::system::{Cell, Element, System};
use cormorant::units::{BOHR, HARTREE};

const PATIENCE: Duration = Duration::from_secs(20);

fn argon() -> System {
    let positions = vec![[0.0, 0.1, 0.0], [3.8, 0.0, 0.2], [0.3, 3.7, 0.4], [3.5, 3.9, -0.3]];
    let cell = Cell::new([[9.0, 0.0, 0.0], [1.0, 9.5, 0.0], [0.5, -0.7, 10.0]]).unwrap();
    System::new(vec![Element::from_symbol("Ar").unwrap(); 4], positions, Some(cell)).unwrap()
}

fn potential() -> Box<dyn Potential> {
    let argon = Element::from_symbol("Ar").unwrap();
    Box::new(LennardJones::new(8.0, Truncation::Shifted).unwrap().with(argon, argon, 0.01, 3.4).unwrap())
}

fn client() -> Client {
    Client::new(argon(), potential()).unwrap()
}

/// A Unix socket that nobody listens at yet, and the folder that it lies in.
fn socket() -> (tempfile::TempDir, std::path::PathBuf, Address) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let address = Address::unix(path.to_str().unwrap());
    (folder, path, address)
}

fn word(text: &str) -> Vec<u8> {
    format!("{text:12}").into_bytes()
}

fn reals(values: impl IntoIterator<Item = f64>) -> Vec<u8> {
    values.into_iter().flat_map(f64::to_le_bytes).collect()
}

/// Cell and positions as i-PI sends them: Bohr, cell vectors in columns.
fn positions(system: &System) -> Vec<u8> {
    let rows = system.cell.unwrap().rows();
    let mut message = word("POSDATA");
    message.extend(reals((0..9).map(|k| rows[k % 3][k / 3] / BOHR)));
    message.extend(reals([0.0; 9]));
    message.extend((system.atom_count() as i32).to_le_bytes());
    message.extend(reals(system.positions.iter().flatten().map(|x| x / BOHR)));
    message
}

fn read_word(stream: &mut impl Read) -> String {
    let mut bytes = [0; 12];
    stream.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes.to_vec()).unwrap().trim().into()
}

fn read_reals(stream: &mut impl Read, count: usize) -> Vec<f64> {
    let mut bytes = vec![0; 8 * count];
    stream.read_exact(&mut bytes).unwrap();
    bytes.as_chunks::<8>().0.iter().map(|&chunk| f64::from_le_bytes(chunk)).collect()
}

fn read_count(stream: &mut impl Read) -> i32 {
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes).unwrap();
    i32::from_le_bytes(bytes)
}

/// Asks for the forces of `system`: energy, forces and virial as they come.
fn ask(stream: &mut (impl Read + Write), system: &System) -> (f64, Vec<f64>, Vec<f64>) {
    let say = |stream: &mut dyn Write, bytes: &[u8]| stream.write_all(bytes).unwrap();
    say(stream, &word("STATUS"));
    assert_eq!(read_word(stream), "READY");
    let init = [&word("INIT")[..], &3_i32.to_le_bytes(), &5_i32.to_le_bytes(), b"bead3"].concat();
    say(stream, &init);
    say(stream, &positions(system));
    say(stream, &word("STATUS"));
    assert_eq!(read_word(stream), "HAVEDATA");
    say(stream, &word("GETFORCE"));
    assert_eq!(read_word(stream), "FORCEREADY");
    let energy = read_reals(stream, 1)[0];
    assert_eq!(read_count(stream) as usize, system.atom_count());
    let forces = read_reals(stream, 3 * system.atom_count());
    let virial = read_reals(stream, 9);
    assert_eq!(read_count(stream), 0);
    (energy, forces, virial)
}

fn check(answer: &(f64, Vec<f64>, Vec<f64>), system: &System) {
    let mut expected = Evaluation::default();
    potential().evaluate(system, RequestedProperties { virial: true, atom_energies: false }, &mut expected).unwrap();
    let close = |found: f64, expected: f64| (found - expected).abs() < 1e-10 * (1.0 + expected.abs());
    assert!(close(answer.0 * HARTREE, expected.energy));
    let forces = answer.1.iter().zip(expected.forces.as_flattened());
    assert!(forces.into_iter().all(|(found, force)| close(found * HARTREE / BOHR, *force)), "forces");
    let virial = expected.virial.unwrap();
    assert!(answer.2.iter().zip(virial.as_flattened()).all(|(found, v)| close(found * HARTREE, *v)), "virial");
}

/// Catches: a transposed cell, other units, a missing or superfluous byte, a status that is not what i-PI waits for; a
/// client that does not come back when i-PI starts again.
#[test]
fn answers_over_tcp_and_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = Address::Tcp(listener.local_addr().unwrap().to_string());
    let server = thread::spawn(move || {
        let (mut first, _) = listener.accept().unwrap();
        check(&ask(&mut first, &argon()), &argon());
        drop(first);
        let (mut second, _) = listener.accept().unwrap();
        let mut moved = argon();
        moved.positions[2][1] += 0.3;
        check(&ask(&mut second, &moved), &moved);
        check(&ask(&mut second, &argon()), &argon());
        second.write_all(&word("EXIT")).unwrap();
    });
    let mut clients = [client()];
    serve_all(&address, &mut clients, [PATIENCE; 2]).unwrap();
    server.join().unwrap();
    assert_eq!(clients[0].evaluations(), 3);
}

/// Catches: an error, and a folder of a job that looks as if it had failed, where i-PI was stopped without EXIT.
#[test]
fn a_server_that_goes_away_ends_in_order() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = Address::Tcp(listener.local_addr().unwrap().to_string());
    let server = thread::spawn(move || {
        let (mut first, _) = listener.accept().unwrap();
        check(&ask(&mut first, &argon()), &argon());
    });
    let mut clients = [client()];
    let ending = serve_all(&address, &mut clients, [PATIENCE, Duration::from_millis(200)]).unwrap();
    server.join().unwrap();
    assert_eq!((ending, clients[0].evaluations()), (Ending::Lost, 1));
}

/// Catches: connections that wait for each other, and a server that starts after its clients.
#[test]
fn several_connections_over_a_unix_socket() {
    let (_folder, path, address) = socket();
    let server = thread::spawn(move || {
        thread::sleep(Duration::from_millis(200));
        let listener = UnixListener::bind(path).unwrap();
        let mut streams: Vec<_> = (0..2).map(|_| listener.accept().unwrap().0).collect();
        for stream in streams.iter_mut().rev() {
            check(&ask(stream, &argon()), &argon());
        }
        for mut stream in streams {
            stream.write_all(&word("EXIT")).unwrap();
        }
    });
    let mut clients = [client(), client()];
    serve_all(&address, &mut clients, [PATIENCE; 2]).unwrap();
    server.join().unwrap();
    assert_eq!(clients.each_ref().map(Client::evaluations), [1, 1]);
    assert_eq!(Address::unix("water"), Address::Unix("/tmp/ipi_water".into()));
}

/// Catches: work that was done and is called a failure, because a second connection came when nothing was left to do.
#[test]
fn a_connection_that_is_not_needed_is_no_failure() {
    let (_folder, path, address) = socket();
    let server = thread::spawn(move || {
        let listener = UnixListener::bind(&path).unwrap();
        let mut stream = listener.accept().unwrap().0;
        check(&ask(&mut stream, &argon()), &argon());
        stream.write_all(&word("EXIT")).unwrap();
        drop(listener);
        std::fs::remove_file(path).unwrap();
    });
    let mut clients = [client(), client()];
    let waits = [Duration::from_secs(2), Duration::from_millis(200)];
    assert_eq!(serve_all(&address, &mut clients, waits).unwrap(), Ending::Finished);
    server.join().unwrap();
    assert_eq!(clients.each_ref().map(Client::evaluations).iter().sum::<u64>(), 1);
    // Without anybody to work for it is one.
    assert!(serve_all(&address, &mut [client(), client()], [Duration::from_millis(100); 2]).is_err());
}

/// One side of a connection that says `bytes` and closes.
fn told(bytes: Vec<u8>) -> cormorant::Result<Ending> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || listener.accept().unwrap().0.write_all(&bytes).unwrap());
    let ending = client().converse(&mut TcpStream::connect(address).unwrap());
    server.join().unwrap();
    ending
}

/// Catches: nonsense that is believed, and a mistake of the user that goes on in silence.
#[test]
fn what_is_not_i_pi_is_refused() {
    assert_eq!(told(Vec::new()).unwrap(), Ending::Lost);
    assert_eq!(told(word("STATUS")[..7].to_vec()).unwrap(), Ending::Lost);
    assert_eq!(told(word("EXIT")).unwrap(), Ending::Finished);
    let error = told(b"GET / HTTP/1.1\r\n".to_vec()).unwrap_err().to_string();
    assert!(error.contains("\"GET / HTTP/1\", which is not of its protocol"), "{error}");
    let mut few = argon();
    few.elements.pop();
    few.positions.pop();
    let error = told(positions(&few)).unwrap_err().to_string();
    assert!(error.contains("i-PI sends 3 atoms, but the structure has 4"), "{error}");
    let error = told([&word("INIT")[..], &[0; 4], &(-5_i32).to_le_bytes()].concat()).unwrap_err().to_string();
    assert!(error.contains("-5 is not a number of atoms or bytes"), "{error}");
    let nobody = Address::Tcp("127.0.0.1:1".into());
    let error = serve_all(&nobody, &mut [client()], [Duration::ZERO; 2]).unwrap_err().to_string();
    assert!(error.contains("no i-PI listens at 127.0.0.1:1"), "{error}");
}
