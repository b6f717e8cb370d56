//! `scaleout advise`: events from standard input, or over HTTP.

use std::io::{self, BufRead, Read, Write};

use anyhow::{Context, bail};
use scaleout_experiment::{AdviceDetail, Advising, ExperimentError, Limit, read_text};

use crate::{answer::Answer, arguments::AdviseArguments, listen::listen};

pub(crate) fn advise_command(arguments: &AdviseArguments) -> anyhow::Result<Answer> {
    let explanation = if arguments.why { AdviceDetail::Why } else { AdviceDetail::None };
    let mut advising =
        Advising::open(&arguments.model, arguments.symbol.as_deref(), arguments.state.as_deref(), explanation)?;
    let is_new = advising.taken_up == 0;
    if let Some(path) = arguments.positions.as_ref().filter(|_| is_new) {
        let text = read_text(path, Limit::Events).map_err(ExperimentError::from)?;
        for (place, line) in text.lines().enumerate() {
            advise_line(&mut advising, line, || format!("{}, line {}", path.display(), place + 1))?;
        }
    }
    if let Some(address) = arguments.listen {
        return listen(address, advising);
    }
    let mut stdin = io::stdin().lock();
    for place in 1.. {
        let Some(line) = line_of(&mut stdin, place)? else { break };
        advise_line(&mut advising, &line, || format!("standard input, line {place}"))?;
    }
    Ok(Answer::Done)
}

/// The next line of standard input; `None` at its end.
fn line_of(stdin: &mut impl BufRead, place: usize) -> anyhow::Result<Option<String>> {
    let mut line = Vec::new();
    let most = Limit::Line.most();
    if stdin.take(most + 1).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if most < line.len() as u64 {
        bail!("standard input, line {place}: the line is longer than 1 MiB; accepted: at most 1 MiB");
    }
    let text = String::from_utf8(line).with_context(|| format!("standard input, line {place}"))?;
    Ok(Some(text))
}

/// Answers one line. A bad line is reported, and the next one is read.
fn advise_line(advising: &mut Advising, line: &str, place: impl Fn() -> String) -> anyhow::Result<()> {
    match advising.line(line) {
        Ok(advice) => {
            let mut stdout = io::stdout().lock();
            for one in &advice {
                writeln!(stdout, "{}", serde_json::to_string(one)?)?;
            }
            Ok(stdout.flush()?)
        }
        Err(ExperimentError::Event { message }) => Ok(writeln!(io::stderr(), "scaleout: {}: {message}", place())?),
        Err(error) => Err(error.into()),
    }
}
