use scaleout_model::{Seen, SeenByShort, SeenUnit};

use super::features_py::missing;
use crate::{
    Export, ExportError, ExportFile, Format,
    feature_code::{Language, columns, indented, market_code},
};

/// The features of the model as an MQL5 include.
pub struct FeaturesMql5;

impl Format for FeaturesMql5 {
    fn name(&self) -> &'static str {
        "features-mql5"
    }

    fn about(&self) -> &'static str {
        "ScaleoutFeatures.mqh: the model's features in MQL5, bar by bar"
    }

    fn is_part_of_runs(&self) -> bool {
        false
    }

    fn files(&self, export: &Export<'_>) -> Result<Vec<ExportFile>, ExportError> {
        Ok(vec![ExportFile::text("ScaleoutFeatures.mqh", features_mql5(export)?)])
    }
}

/// The include's text.
pub(crate) fn features_mql5(export: &Export<'_>) -> Result<String, ExportError> {
    let layout = &export.model.layout;
    let Some(code) = market_code(&layout.market, Language::Mql5) else {
        return Err(missing("features-mql5", export));
    };
    let results: Vec<String> =
        code.results.iter().enumerate().map(|(place, result)| format!("values[{place}]={result};")).collect();
    let (market, position) = (layout.market.len(), layout.position.len());
    let rows: Vec<String> =
        layout.position.iter().enumerate().map(|(place, name)| position_line(export, place, name)).collect();
    let seen: Vec<String> = layout.seen().iter().enumerate().map(|(place, seen)| seen_line(place, seen)).collect();
    let names = layout.market.iter().enumerate().map(|(place, spec)| format!("//   {place}: {spec}"));
    Ok(format!(
        r#"// The features of the model `{learner}` of the experiment `{experiment}`, written by scaleout {version}.
//
// NOT COMPILED where this was written: there was no MetaEditor. The arithmetic is written from the same description as
// scaleout_features.py, which is tested against scaleout row by row; the classes below are a translation of its classes.
//
// Market features, in order:
{names}
#define SO_MARKET {market}
#define SO_POSITION {position}
#define SO_FEATURES {features}
#define SO_HORIZON_BARS {horizon}

{runtime}
// The market features of the model. Push() takes a bar that has closed{columns}.
class CSoMarket
  {{
{members}public:
   void              Init()
     {{
{start}     }}
   void              Push(double high,double low,double close,double volume,const double &columns[],double &values[])
     {{
      ArrayResize(values,SO_MARKET);
{steps}{results}     }}
  }};

// The path of one trade since its fill. Side is 1 for a long and -1 for a short, risk the price distance of 1 R.
class CSoPosition
  {{
   double            m_side,m_price,m_risk,m_at_entry[];
   int               m_bars_held;
   double            m_unrealised,m_mfe,m_mae;
   double            R(double price) {{ return((price-m_price)*m_side/m_risk); }}
public:
   void              Open(double side,double price,double risk,const double &at_entry[])
     {{
      m_side=side; m_price=price; m_risk=risk; m_bars_held=0;
      m_unrealised=0.0; m_mfe=0.0; m_mae=0.0;
      ArrayCopy(m_at_entry,at_entry);
     }}
   void              After(double high,double low,double close)
     {{
      double at_high=R(high),at_low=R(low);
      m_bars_held++;
      m_unrealised=R(close);
      m_mfe=MathMax(m_mfe,MathMax(at_high,at_low));
      m_mae=MathMin(m_mae,MathMin(at_high,at_low));
     }}
   int               BarsHeld() {{ return(m_bars_held); }}
   double            Risk() {{ return(m_risk); }}
   void              Row(const double &market[],float &row[])
     {{
      ArrayResize(row,SO_FEATURES);
      double seen[SO_MARKET];
{seen}      for(int i=0; i<SO_MARKET; i++)
         row[i]=(float)seen[i];
{rows}     }}
  }};
"#,
        learner = export.model.learner.name(),
        experiment = export.contract.experiment,
        version = export.contract.product_version,
        names = names.collect::<Vec<_>>().join("\n"),
        features = market + position,
        horizon = export.model.horizon_bars,
        runtime = include_str!("../feature_code/runtime.mqh"),
        columns = match columns(&layout.market).as_slice() {
            [] => String::new(),
            names => format!(" and the values of the columns {}", names.join(", ")),
        },
        members = indented(&code.members, "   "),
        start = indented(&code.start, "      "),
        steps = indented(&code.steps, "      "),
        results = indented(&results, "      "),
        seen = indented(&seen, "      "),
        rows = indented(&rows, "      "),
    ))
}

/// Writes what the trade sees of the market feature at `place`.
fn seen_line(place: usize, seen: &Seen) -> String {
    let (own, known) =
        (format!("market[{place}]"), |value: &str, what: &str| format!("SoKnown({value}) ? {what} : SoNan()"));
    let by_a_short = match seen.by_a_short {
        SeenByShort::Same => own.clone(),
        SeenByShort::Negated => known(&own, &format!("-{own}")),
        SeenByShort::Complement(whole) => known(&own, &format!("{whole:?}-{own}")),
        SeenByShort::Partner(partner, sign) => {
            let partner = format!("market[{partner}]");
            known(&partner, &format!("{sign:?}*{partner}"))
        }
    };
    let mirrored = if by_a_short == own { own } else { format!("(m_side<0.0 ? ({by_a_short}) : {own})") };
    let value = format!("seen[{place}]");
    let in_r = match seen.unit {
        SeenUnit::Own => String::new(),
        SeenUnit::Distance => format!(" {value}={};", known(&value, &format!("{value}/m_risk"))),
        SeenUnit::Price => format!(" {value}={};", known(&value, &format!("({value}-m_price)*m_side/m_risk"))),
    };
    format!("{value}={mirrored};{in_r}")
}

fn position_line(export: &Export<'_>, place: usize, name: &str) -> String {
    let layout = &export.model.layout;
    let value = match name {
        "bars_held" => "m_bars_held".to_owned(),
        "bars_to_horizon" => "(SO_HORIZON_BARS-m_bars_held)".to_owned(),
        "unrealised_r" => "m_unrealised".to_owned(),
        "mfe_r" => "m_mfe".to_owned(),
        "mae_r" => "m_mae".to_owned(),
        "drawdown_r" => "MathMax(m_mfe-m_unrealised,0.0)".to_owned(),
        "side" => "m_side".to_owned(),
        "volatility_ratio" => layout.volatility.map_or("SoNan()".to_owned(), |place| {
            format!("SoWhere(m_at_entry[{place}],SoDiv(market[{place}],m_at_entry[{place}]))")
        }),
        _ => {
            let feature = name.strip_prefix("side*").unwrap_or(name);
            let place = layout.market.iter().position(|spec| spec.to_string() == feature).unwrap_or(0);
            format!("(SoKnown(seen[{place}]) ? m_side*seen[{place}] : SoNan())")
        }
    };
    format!("row[SO_MARKET+{place}]=(float){value};")
}
