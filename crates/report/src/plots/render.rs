//! A drawing as SVG and as PNG.

use plotters::{
    backend::{BitMapBackend, DrawingBackend, SVGBackend},
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
    style::WHITE,
};

use crate::{ReportError, plots::style};

/// A picture, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Name of the file, without ending.
    pub name: String,
    /// What it shows, in one or two sentences.
    pub caption: String,
    /// As vectors; a whole document.
    pub svg: String,
    /// As pixels, twice the logical size; a whole file.
    pub png: Vec<u8>,
}

/// Whether `file` is a PNG that this crate drew: its head names the program.
pub fn is_png_of_scaleout(file: &[u8]) -> bool {
    let head = &file[..file.len().min(256)];
    head.starts_with(b"\x89PNG") && head.windows(21).any(|part| part == b"tEXtSoftware\0scaleout")
}

/// A picture, or why it cannot be drawn.
pub(super) type Picture = Result<Plot, ReportError>;

/// What drawing on a backend may fail with.
pub(super) type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Something that can be drawn on vectors and on pixels alike.
pub(super) trait Drawing {
    /// Name of the file.
    fn name(&self) -> String;
    /// What it shows.
    fn caption(&self) -> String;
    /// Logical width and height.
    fn size(&self) -> (u32, u32);
    /// Draws on `area`, whose pixels are 1 / `scale` of a logical one.
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB>;
}

/// Pixels are drawn this much finer than shown and averaged: the library does not smooth edges.
const OVERSAMPLING: u32 = 2;
const PNG_SCALE: u32 = 2;
/// Logical pixels either way, so that a picture of very many rows does not take all memory.
const LARGEST: u32 = 8_000;

/// Draws `drawing` both ways.
pub(super) fn render(drawing: &impl Drawing) -> Picture {
    style::register();
    let (width, height) = drawing.size();
    let failed = |reason: String| ReportError::Plot { plot: drawing.name(), reason };
    if LARGEST < width.max(height) {
        return Err(failed(format!("it would be {width} by {height} pixels; accepted: at most {LARGEST} either way")));
    }

    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        area.fill(&WHITE).map_err(|error| failed(error.to_string()))?;
        drawing.draw(&area, 1.0).map_err(|error| failed(error.to_string()))?;
        area.present().map_err(|error| failed(error.to_string()))?;
    }

    let factor = OVERSAMPLING * PNG_SCALE;
    let (fine_width, fine_height) = (width * factor, height * factor);
    let mut fine = vec![255; (fine_width * fine_height * 3) as usize];
    {
        let area = BitMapBackend::with_buffer(&mut fine, (fine_width, fine_height)).into_drawing_area();
        drawing.draw(&area, f64::from(factor)).map_err(|error| failed(error.to_string()))?;
        area.present().map_err(|error| failed(error.to_string()))?;
    }
    let pixels = averaged(&fine, fine_width as usize);
    let png = png(&pixels, width * PNG_SCALE, height * PNG_SCALE).map_err(|error| failed(error.to_string()))?;
    Ok(Plot { name: drawing.name(), caption: drawing.caption(), svg, png })
}

/// Means of squares of four neighbouring pixels.
fn averaged(fine: &[u8], fine_width: usize) -> Vec<u8> {
    let row_bytes = fine_width * 3;
    let mut pixels = Vec::with_capacity(fine.len() / 4);
    for rows in fine.chunks_exact(2 * row_bytes) {
        let (upper, lower) = rows.split_at(row_bytes);
        for (above, below) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for channel in 0..3 {
                let sum = [above[channel], above[channel + 3], below[channel], below[channel + 3]];
                pixels.push((sum.map(u16::from).iter().sum::<u16>().div_ceil(4)) as u8);
            }
        }
    }
    pixels
}

fn png(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // The best compression takes three times as long and saves a fortieth.
    encoder.set_compression(png::Compression::Default);
    encoder.set_filter(png::FilterType::Up);
    encoder.add_text_chunk("Software".to_owned(), "scaleout".to_owned())?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{Drawing, Drawn, render};
    use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea};

    struct Tall;

    impl Drawing for Tall {
        fn name(&self) -> String {
            "tall".into()
        }

        fn caption(&self) -> String {
            String::new()
        }

        fn size(&self) -> (u32, u32) {
            (1000, u32::MAX)
        }

        fn draw<DB: DrawingBackend>(&self, _: &DrawingArea<DB, Shift>, _: f64) -> Drawn<DB> {
            Ok(())
        }
    }

    #[test]
    fn a_picture_of_too_many_rows_is_refused() {
        let error = render(&Tall).unwrap_err().to_string();
        assert!(error.contains("1000 by 4294967295 pixels; accepted: at most 8000"), "{error}");
    }
}
