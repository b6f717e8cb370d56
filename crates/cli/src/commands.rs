use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use scaleout_experiment::{
    Caution, ComparedLeg, ExportRequest, FeatureSource, FeatureTableReport, Finding, Finished, LoadedConfig, Matching,
    Obstacle, ReferenceRequest, ReferenceResult, SECTIONS, TABLES, Unfinished, adopt, backtest, check, compare_fills,
    explain_trade, export_formats, export_run, fill_job, lots_of_run, model_sheet, readable_rules, reference,
    reference_learners, reference_list, reference_problems, registries, report, risk_scale, run as run_experiment,
    verify_model, write_feature_quality, write_feature_table, write_feature_tapes, write_policy_page, write_reference,
};

use crate::{
    advise::advise_command,
    answer::Answer,
    arguments::{
        Arguments, BacktestArguments, CautionArgument, Command, ExplainArguments, ExportArguments, FeaturesArguments,
        InspectArguments, InspectCommand, LotsArguments, MatchingArgument, ReferenceArguments, ReportArguments,
        RunArguments, VerifyArguments,
    },
    imports::{import_command, import_trades_command},
    init::init_command,
    print::print,
    progress::Bars,
};

/// Does what the arguments ask.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Answer> {
    if let Some(threads) = arguments.threads {
        let most = std::thread::available_parallelism().map_or(64, |cores| (4 * cores.get()).max(64));
        if most < threads.get() {
            bail!("--threads {threads} is out of range; accepted: 1 to {most}");
        }
        rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global().context("--threads")?;
    }
    match arguments.command {
        Command::Run(arguments) => run_command(&arguments),
        Command::Advise(arguments) => advise_command(&arguments),
        Command::Backtest(arguments) => backtest_command(&arguments),
        Command::Check { config, json } => check_command(config.as_ref(), json),
        Command::Adopt { run } => {
            let files = adopt(&run)?;
            let count = format!("{}: {} files are marked as a run of scaleout", run.display(), files.len());
            print(&files.into_iter().chain([count]).collect::<Vec<_>>().join("\n"))
        }
        Command::Explain(arguments) => explain_command(&arguments),
        Command::Export(arguments) => export_command(&arguments),
        Command::Features(arguments) => features_command(&arguments),
        Command::Import(arguments) => import_command(&arguments),
        Command::ImportTrades(arguments) => import_trades_command(&arguments),
        Command::Init(arguments) => init_command(&arguments),
        Command::Inspect(arguments) => inspect_command(arguments),
        Command::Report(arguments) => report_command(&arguments),
        Command::Reference(arguments) => reference_command(&arguments),
        Command::Verify(arguments) => verify_command(&arguments),
    }
}

fn run_command(arguments: &RunArguments) -> anyhow::Result<Answer> {
    let loaded = load(arguments.config.as_ref())?;
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(&loaded.config.name));
    let unfinished = if arguments.resume { Unfinished::Resume } else { Unfinished::Discard };
    let finished = run_experiment(&loaded, &out, unfinished, &Bars::new())?;
    show(&finished, arguments.json)
}

fn backtest_command(arguments: &BacktestArguments) -> anyhow::Result<Answer> {
    let loaded = load(arguments.config.as_ref())?;
    let name = format!("{}-backtest", loaded.config.name);
    let out = arguments.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(name));
    let model = if arguments.model.is_dir() { arguments.model.join("model.json") } else { arguments.model.clone() };
    let finished = backtest(&loaded, &model, &out, &Bars::new())?;
    show(&finished, arguments.json)
}

fn export_command(arguments: &ExportArguments) -> anyhow::Result<Answer> {
    let Some(run) = arguments.run.as_ref().filter(|_| !arguments.list) else {
        let line = |(name, about, is_part_of_runs): (&str, &str, bool)| {
            let when = if is_part_of_runs { "every run" } else { "--to" };
            format!("{name:12} {when:9} {about}")
        };
        return print(&export_formats().into_iter().map(line).collect::<Vec<_>>().join("\n"));
    };
    let written = export_run(&ExportRequest {
        run: run.clone(),
        formats: arguments.to.clone(),
        out: arguments.out.clone(),
        learner: arguments.learner.clone(),
        rows: arguments.rows,
    })?;
    print(&written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"))
}

fn verify_command(arguments: &VerifyArguments) -> anyhow::Result<Answer> {
    if let Some(fills) = &arguments.fills {
        return compare_command(arguments, fills);
    }
    let verified = verify_model(&arguments.run)?;
    print(&verified.lines.join("\n"))?;
    if verified.faults.is_empty() {
        return print("the model folder verifies: files, contract, model and golden rows agree");
    }
    print(&verified.faults.iter().map(|fault| format!("wrong: {fault}")).collect::<Vec<_>>().join("\n"))?;
    Ok(Answer::No)
}

fn compare_command(arguments: &VerifyArguments, fills: &Path) -> anyhow::Result<Answer> {
    let legs = compare_fills(&arguments.run, fills, &arguments.contestant, arguments.tolerance)?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&legs)?)?;
    } else {
        let number =
            |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        let line = |leg: &ComparedLeg| {
            let [planned, done] = leg.qty.map(|qty| number(qty, 4));
            let (slippage, late) = (number(leg.slippage_r, 4), number(leg.late_seconds, 0));
            let finding = serde_json::to_value(leg.finding).ok().and_then(|text| text.as_str().map(str::to_owned));
            let finding = finding.unwrap_or_default();
            format!(
                "{:12} leg {}: {finding:10} {done} of {planned}, slippage {slippage} R, {late} s late",
                leg.id, leg.leg
            )
        };
        print(&legs.iter().map(line).collect::<Vec<_>>().join("\n"))?;
        let kept = legs.iter().filter(|leg| leg.finding == Finding::Kept).count();
        let slips: Vec<f64> = legs.iter().filter_map(|leg| leg.slippage_r).collect();
        let mean = slips.iter().sum::<f64>() / slips.len().max(1) as f64;
        print(&format!("{kept} of {} legs as planned, mean slippage {mean:.4} R", legs.len()))?;
    }
    Ok(if legs.iter().all(|leg| leg.finding == Finding::Kept) { Answer::Done } else { Answer::No })
}

fn check_command(config: Option<&PathBuf>, json: bool) -> anyhow::Result<Answer> {
    let checked = check(&load(config)?)?;
    if json {
        print(&serde_json::to_string_pretty(&checked)?)?;
        return Ok(if checked.can_run { Answer::Done } else { Answer::No });
    }
    print(&checked.lines.join("\n"))?;
    if checked.obstacles.is_empty() {
        return print("it can be run");
    }
    print(
        &checked
            .obstacles
            .iter()
            .map(|Obstacle { path, message }| format!("it cannot be run: {}: {message}", path.display()))
            .collect::<Vec<_>>()
            .join("\n"),
    )?;
    Ok(Answer::No)
}

/// What a model is, or one of the details behind a report.
fn inspect_command(arguments: InspectArguments) -> anyhow::Result<Answer> {
    match arguments.command {
        None => {
            let path = arguments.model.context("accepted: a model file, or one of the commands of `inspect`")?;
            let sheet = model_sheet(&path)?;
            print(&if arguments.json {
                serde_json::to_string_pretty(&sheet)?
            } else {
                sheet.to_string().trim_end().to_owned()
            })
        }
        Some(InspectCommand::Fills { job }) => print(&serde_json::to_string_pretty(&fill_job(&job)?)?),
        Some(InspectCommand::Lots(arguments)) => lots_command(&arguments),
        Some(InspectCommand::Policies { out }) => {
            let written = write_policy_page(&out)?;
            print(&written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"))
        }
        Some(InspectCommand::Registry { json }) => {
            let registries = registries();
            if json {
                return print(&serde_json::to_string_pretty(&registries)?);
            }
            let lines = registries.iter().flat_map(|registry| {
                let entries = registry.entries.iter().map(|entry| format!("  {:<28} {}", entry.name, entry.about));
                std::iter::once(registry.what.to_owned()).chain(entries)
            });
            print(&lines.collect::<Vec<_>>().join("\n"))
        }
        Some(InspectCommand::Rule { model }) => {
            let rules = readable_rules(&model)?;
            let named = rules.iter().map(|(name, rule)| format!("{name}\n{}", rule.trim_end()));
            print(&named.collect::<Vec<_>>().join("\n\n"))
        }
        Some(InspectCommand::Risk { config, json }) => {
            let scale = risk_scale(&load(config.as_ref())?)?;
            print(&if json { serde_json::to_string_pretty(&scale)? } else { scale.table() })
        }
    }
}

fn report_command(arguments: &ReportArguments) -> anyhow::Result<Answer> {
    match &arguments.run {
        Some(run) => show(&report(run, arguments.out.as_deref())?, arguments.json),
        None => {
            let sections = SECTIONS.iter().map(|section| (section.name, section.about));
            let named = sections.chain(TABLES.iter().map(|table| (table.file, table.about)));
            print(&named.map(|(name, about)| format!("{name:14} {about}")).collect::<Vec<_>>().join("\n"))
        }
    }
}

fn explain_command(arguments: &ExplainArguments) -> anyhow::Result<Answer> {
    let loaded = load(arguments.config.as_ref())?;
    let model = model_of(&loaded, arguments.run.as_ref());
    let explained = explain_trade(&loaded, &model, &arguments.trade, &arguments.contestant)?;
    if let Some(path) = &arguments.picture {
        explained.write_picture(path)?;
    }
    let record = &explained.record;
    print(&if arguments.json {
        serde_json::to_string_pretty(record)?
    } else {
        record.to_string().trim_end().to_owned()
    })
}

fn lots_command(arguments: &LotsArguments) -> anyhow::Result<Answer> {
    let loaded = load(arguments.config.as_ref())?;
    let model = model_of(&loaded, arguments.run.as_ref());
    let matching = match arguments.matching {
        MatchingArgument::Fifo => Matching::Fifo,
        MatchingArgument::Lifo => Matching::Lifo,
        MatchingArgument::Average => Matching::Average,
    };
    let lots = lots_of_run(&loaded, &model, &arguments.contestant, matching)?;
    print(&if arguments.json { serde_json::to_string_pretty(&lots)? } else { lots.to_string().trim_end().to_owned() })
}

/// What the run of an experiment learned.
fn model_of(loaded: &LoadedConfig, run: Option<&PathBuf>) -> PathBuf {
    let run = run.cloned().unwrap_or_else(|| PathBuf::from("runs").join(&loaded.config.name));
    run.join("model").join("model.json")
}

fn features_command(arguments: &FeaturesArguments) -> anyhow::Result<Answer> {
    if arguments.docs {
        return print(scaleout_experiment::feature_docs().trim_end());
    }
    let specs = arguments.set.as_ref().map(|set| set.split(';').map(str::to_owned).collect::<Vec<_>>());
    let specs = specs.as_deref();
    if let (Some(every), Some(out)) = (arguments.every, &arguments.out) {
        for (path, report) in write_feature_tapes(&arguments.trades, every, specs, out)? {
            show_features(&report, &path)?;
        }
        return Ok(Answer::Done);
    }
    let source = match (&arguments.bars, &arguments.trades[..]) {
        (None, _) => FeatureSource::Experiment(Box::new(load(arguments.config.as_ref())?)),
        (Some(bars), []) => FeatureSource::Files { bars: bars.clone(), trades: None },
        (Some(bars), [trades]) => FeatureSource::Files { bars: bars.clone(), trades: Some(trades.clone()) },
        (Some(_), [_, second, ..]) => {
            anyhow::bail!("--trades {}: one file of bars goes with one of trades", second.display())
        }
    };
    if let Some(folder) = &arguments.quality {
        let written = write_feature_quality(&source, specs, folder)?;
        print(&written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"))?;
    }
    let Some(out) = &arguments.out else { return Ok(Answer::Done) };
    show_features(&write_feature_table(&source, specs, out)?, out)
}

fn show_features(report: &FeatureTableReport, path: &Path) -> anyhow::Result<Answer> {
    let width = report.coverage.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = report.coverage.iter().map(|(name, share)| format!("{name:width$} {:5.1} %", 100.0 * share));
    let lines: Vec<String> = lines.collect();
    print(&format!("{}\n{} bars: {}", lines.join("\n"), report.bars, path.display()))
}

fn reference_command(arguments: &ReferenceArguments) -> anyhow::Result<Answer> {
    if arguments.list {
        return print(&reference_list());
    }
    let learners = reference_learners(&arguments.learner)?;
    let request = |problem: &str| ReferenceRequest {
        problem: problem.to_owned(),
        settings: arguments.settings.clone(),
        learners: learners.clone(),
        paths: arguments.paths,
        seed: arguments.seed,
        caution: match arguments.caution {
            CautionArgument::Chosen => Caution::Chosen,
            CautionArgument::None => Caution::None,
        },
    };
    if let (Some(problem), Some(folder)) = (&arguments.problem, &arguments.write) {
        let written = write_reference(&request(problem), folder)?;
        return print(&written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"));
    }
    let problems: Vec<&str> = match &arguments.problem {
        Some(problem) => vec![problem],
        None => reference_problems().collect(),
    };
    let bars = Bars::new();
    let mut lines: Vec<anyhow::Result<Answer>> = Vec::new();
    let mut show = |text: &str| {
        if !arguments.json {
            lines.push(bars.around(|| print(text)));
        }
    };
    show(ReferenceResult::HEAD);
    let mut results = Vec::new();
    for problem in problems {
        results.extend(reference(&request(problem), &bars, &mut |result| show(&result.row()))?);
    }
    drop(bars);
    if arguments.json {
        print(&match results.as_slice() {
            [result] => serde_json::to_string_pretty(result)?,
            results => serde_json::to_string_pretty(results)?,
        })?;
    }
    lines.into_iter().collect::<anyhow::Result<Vec<Answer>>>()?;
    let failed = results.iter().filter(|result| result.error.is_some()).count();
    anyhow::ensure!(failed == 0, "{failed} of {} results failed: the table says why", results.len());
    Ok(Answer::Done)
}

fn load(config: Option<&PathBuf>) -> anyhow::Result<LoadedConfig> {
    Ok(match config {
        Some(path) => LoadedConfig::read(path)?,
        None => LoadedConfig::embedded(),
    })
}

fn show(finished: &Finished, json: bool) -> anyhow::Result<Answer> {
    let mut stdout = io::stdout().lock();
    if json {
        stdout.write_all(finished.report_json.as_bytes())?;
    } else {
        writeln!(stdout, "{}", finished.table)?;
        for path in &finished.written {
            writeln!(stdout, "  {}", path.display())?;
        }
    }
    Ok(Answer::Done)
}
