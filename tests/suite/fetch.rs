//! Fetching of published data, against a server on this machine.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use cormorant::fit::fetch::{Fetched, extract, fetch_from, names};

/// What the server answers.
enum Answer {
    Whole(Vec<u8>),
    /// Says the full length, sends half, hangs up.
    Half(Vec<u8>),
    Missing,
}

/// Serves one answer for each request, in order; returns the base address and, at the end, the paths that were asked for.
fn serve(answers: Vec<Answer>) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/data/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut paths = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            paths.push(String::from_utf8(request).unwrap().split(' ').nth(1).unwrap().to_string());
            let (status, body, length) = match answer {
                Answer::Whole(body) => ("200 OK", body.clone(), body.len()),
                Answer::Half(body) => ("200 OK", body[..body.len() / 2].to_vec(), body.len()),
                Answer::Missing => ("404 Not Found", Vec::new(), 0),
            };
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").unwrap();
            stream.write_all(&body).unwrap();
        }
        paths
    });
    (base, server)
}

fn fetch(base: &str, name: &str, folder: &Path) -> Result<Fetched, String> {
    fetch_from(Some(base), name, folder, &mut |_, _| ()).map_err(|error| error.to_string())
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_whole_file_arrives_and_is_recorded() {
    // Catches a download that is cut, altered or not checked again.
    let folder = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    let (base, server) = serve(vec![Answer::Whole(content.clone())]);
    let mut seen = Vec::new();
    let fetched =
        fetch_from(Some(&base), "md17:ethanol", folder.path(), &mut |now, all| seen.push((now, all))).unwrap();
    assert_eq!(server.join().unwrap(), ["/data/md17_ethanol.npz"]);
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content);
    assert_eq!(seen.last(), Some(&(800_000, Some(800_000))));
    assert!(fetched.checked.contains("no checksum"), "{}", fetched.checked);
    assert_eq!(files(folder.path()), ["md17_ethanol.npz", "md17_ethanol.npz.sha256"]);
    // A second call asks no server and compares with the record.
    let again = fetch("http://127.0.0.1:1", "md17:ethanol", folder.path()).unwrap();
    assert_eq!((again.url, again.sha256), (None, fetched.sha256));
    assert!(again.checked.contains("as recorded"), "{}", again.checked);
    std::fs::write(&again.path, b"altered").unwrap();
    let message = fetch("http://127.0.0.1:1", "md17:ethanol", folder.path()).unwrap_err();
    assert!(message.contains("is not the file expected"), "{message}");
}

#[test]
fn failures_leave_nothing_behind() {
    // Catches half a file under the name of a whole one, and another file taken for the published one.
    let folder = tempfile::tempdir().unwrap();
    let (base, server) = serve(vec![
        Answer::Half(vec![7; 100_000]),
        Answer::Whole(b"something else".to_vec()),
        Answer::Missing,
        Answer::Missing,
        Answer::Whole(b"no archive".to_vec()),
    ]);
    let truncated = fetch(&base, "md17:ethanol", folder.path()).unwrap_err();
    assert!(truncated.contains("could not be fetched from") && truncated.contains("bytes"), "{truncated}");
    let other = fetch(&base, "rmd17:ethanol", folder.path()).unwrap_err();
    assert!(other.contains("MD5") && other.contains("eb837fb8deb27d4e0d52f71a03aff776 as published"), "{other}");
    let missing = fetch(&base, "md17:ethanol", folder.path()).unwrap_err();
    assert!(missing.contains("status 404"), "{missing}");
    // Where a molecule's own file is gone, the archive of all molecules is tried, and checked too.
    let archive = fetch(&base, "rmd17:ethanol", folder.path()).unwrap_err();
    assert!(archive.contains("rmd17.tar.bz2") && archive.contains("cddeea2ec2c4"), "{archive}");
    assert_eq!(files(folder.path()), Vec::<String>::new());
    let expected = ["md17_ethanol.npz", "rmd17_ethanol.npz", "md17_ethanol.npz", "rmd17_ethanol.npz", "rmd17.tar.bz2"];
    assert_eq!(server.join().unwrap(), expected.map(|file| format!("/data/{file}")));
}

#[test]
fn unreachable_servers_and_unknown_names_are_named() {
    // Catches a bare "connection refused".
    let folder = tempfile::tempdir().unwrap();
    let message = fetch("http://127.0.0.1:1", "rmd17:ethanol", folder.path()).unwrap_err();
    assert!(message.contains("http://127.0.0.1:1/rmd17_ethanol.npz") && message.contains("internet"), "{message}");
    let message = fetch("http://127.0.0.1:1", "rmd17:water", folder.path()).unwrap_err();
    assert!(message.contains("known are rmd17:aspirin"), "{message}");
    assert_eq!(names().count(), 20);
}

/// A `.tar.bz2` with the given members.
fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    for (name, content) in members {
        let mut header = [0_u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        out.write_all(&header).unwrap();
        out.write_all(content).unwrap();
        out.write_all(&vec![0; content.len().next_multiple_of(512) - content.len()]).unwrap();
    }
    out.write_all(&[0; 1024]).unwrap();
    out.finish().unwrap()
}

#[test]
fn one_member_comes_out_of_an_archive() {
    // Catches an offset that drifts over padded members, and trust in a damaged archive.
    let archive =
        tar(&[("rmd17/readme.txt", &[1; 700]), ("rmd17/npz_data/a.npz", &[2; 512]), ("rmd17/npz_data/b.npz", &[3; 5])]);
    for (name, expected) in [("a.npz", vec![2; 512]), ("b.npz", vec![3; 5])] {
        let mut out = Vec::new();
        extract(archive.as_slice(), name, &mut out).unwrap();
        assert_eq!(out, expected);
    }
    let message = |bytes: &[u8], name| extract(bytes, name, &mut Vec::new()).unwrap_err().to_string();
    assert!(message(&archive, "c.npz").contains("no member c.npz"));
    assert!(!message(&archive[..archive.len() / 2], "b.npz").is_empty());
    assert!(!message(b"not bzip2", "b.npz").is_empty());
}

#[test]
fn qm9_arrives_with_its_checksum() {
    // Catches a name, file or checksum that is not that of the published data: a foreign file must be refused.
    assert!(names().any(|name| name == "qm9") && names().any(|name| name == "qm9:uncharacterized"));
    let folder = tempfile::tempdir().unwrap();
    let (base, server) = serve(vec![Answer::Whole(b"not QM9".to_vec()), Answer::Missing]);
    let message = fetch(&base, "qm9", folder.path()).unwrap_err();
    assert!(message.contains("ad1ebd51ee7f5b3a6e32e974e5d54012"), "{message}");
    let message = fetch(&base, "qm9:uncharacterized", folder.path()).unwrap_err();
    assert!(message.contains("404"), "{message}");
    assert_eq!(server.join().unwrap(), ["/data/dsgdb9nsd.xyz.tar.bz2", "/data/uncharacterized.txt"]);
    assert_eq!(files(folder.path()), Vec::<String>::new());
}
