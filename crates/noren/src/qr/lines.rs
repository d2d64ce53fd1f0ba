//! JSON in, JSON out, a line each: what both `--jsonl` commands do around their own work.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};

/// Longest line that is looked at. A payment code of 4,096 characters takes at most 50 KB of
/// JSON, written with escapes.
pub const LINE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'l> {
    /// The whole of it.
    Text(&'l str),
    /// Not UTF-8 from this byte on.
    NotUtf8(usize),
    /// Over [`LINE_BYTES_MAX`]; passed over.
    TooLong,
}

/// Answers each line by one, in order; `to` writes the answer without its line end. Memory is bounded by the longest line that is looked at.
///
/// Answers leave when no further whole line is waiting, so that a slow sender has each answer
/// at once and a fast one pays for few writes. A reader that has had enough ends it quietly.
///
/// # Errors
/// The input cannot be read, or the output cannot be written.
pub fn answer(
    input: impl Read,
    output: impl Write,
    mut to: impl FnMut(Line<'_>, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut output = io::BufWriter::with_capacity(64 * 1024, output);
    let mut kept = Vec::new();
    let mut run = || -> io::Result<()> {
        while let Some(line) = next(&mut input, &mut kept)? {
            to(line, &mut output)?;
            output.write_all(b"\n")?;
            if !input.buffer().contains(&b'\n') {
                output.flush()?;
            }
            // One long line must not keep its memory for the rest of a long life.
            kept.shrink_to(64 * 1024);
        }
        output.flush()
    };
    match run() {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            // What is buffered has no reader; dropping the writer must not try again.
            let _ = output.into_parts();
            Ok(())
        }
        ended => ended,
    }
}

/// The next line; nothing at the end of the input.
fn next<'k>(input: &mut impl BufRead, kept: &'k mut Vec<u8>) -> io::Result<Option<Line<'k>>> {
    kept.clear();
    // One more for the line's end, by which a line of the full length is told from a longer one.
    let read = input.take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', kept)?;
    if read == 0 {
        return Ok(None);
    }
    if kept.last() == Some(&b'\n') {
        kept.pop();
    } else if kept.len() > LINE_BYTES_MAX {
        input.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    if kept.last() == Some(&b'\r') {
        kept.pop();
    }
    Ok(Some(match str::from_utf8(kept) {
        Ok(text) => Line::Text(text),
        Err(error) => Line::NotUtf8(error.valid_up_to()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<String> {
        let (mut input, mut kept, mut found) = (BufReader::new(input), Vec::new(), Vec::new());
        while let Some(line) = next(&mut input, &mut kept).unwrap() {
            found.push(format!("{line:?}"));
        }
        found
    }

    #[test]
    fn ends_of_lines_of_both_kinds_and_none() {
        assert_eq!(lines(b""), Vec::<String>::new());
        assert_eq!(lines(b"\n"), [r#"Text("")"#]);
        assert_eq!(lines(b"a\r\n\nb"), [r#"Text("a")"#, r#"Text("")"#, r#"Text("b")"#]);
        assert_eq!(lines(b"a\xFF\nb\n"), ["NotUtf8(1)", r#"Text("b")"#]);
    }

    #[test]
    fn a_line_of_the_full_length_is_looked_at_and_a_longer_one_passed_over() {
        for (length, long) in [(0, false), (1, true), (LINE_BYTES_MAX, true)] {
            let mut input = vec![b'a'; LINE_BYTES_MAX + length];
            input.extend_from_slice(b"\nb");
            let found = lines(&input);
            assert_eq!(found.len(), 2);
            assert_eq!(found[0] == "TooLong", long, "{length} over");
            assert_eq!(found[1], r#"Text("b")"#);
        }
    }

    /// Fails once the reader is gone, as a pipe does.
    struct Pipe {
        taken: usize,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.taken += 1;
            if self.taken > 2 { Err(ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_leaves_ends_it_quietly() {
        let mut asked = 0;
        // Endless: only the closed pipe can end it.
        let input = io::repeat(b'\n');
        answer(input, Pipe { taken: 0 }, |_, output| {
            asked += 1;
            output.write_all(b"an answer")
        })
        .unwrap();
        assert!(asked > 2);
    }
}
