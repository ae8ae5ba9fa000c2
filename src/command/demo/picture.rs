//! The time line as a picture (SVG 1.1): the client on the left, the server on the right, and between them whom the
//! server takes the client for.

use std::fmt::Write;

use super::timeline::{Event, Who, millis};

const WIDTH: usize = 1040;
const ROW: usize = 22;
/// Above the first row.
const HEAD: usize = 44;
/// The lane between the two sides.
const LANE: (usize, usize) = (490, 600);
const TIMES: usize = 52;

/// Draws events, a row each.
pub fn of(events: &[Event]) -> String {
    let height = HEAD + ROW * events.len() + 14;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"11\">\n\
         <title>standin demo: the life of a client certificate on one connection</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"6\" fill=\"#ffffff\" stroke=\"#d0d7de\"/>\n"
    );
    text(&mut svg, (TIMES, HEAD - 18), "end", "#57606a", "ms");
    text(&mut svg, (LANE.0 - 12, HEAD - 18), "end", "#57606a", "client");
    text(&mut svg, (middle(), HEAD - 18), "middle", "#57606a", "the client is");
    text(&mut svg, (LANE.1 + 12, HEAD - 18), "start", "#57606a", "server");
    eras(&mut svg, events);
    for (row, event) in events.iter().enumerate() {
        let y = HEAD + ROW * row;
        svg += "<g class=\"time\">";
        text(&mut svg, (TIMES, y + 15), "end", "#57606a", &millis(event.when));
        svg.insert_str(svg.len() - 1, "</g>");
        let (edge, x, anchor) = match event.who {
            Who::Client => (LANE.0, LANE.0 - 12, "end"),
            Who::Server => (LANE.1, LANE.1 + 12, "start"),
        };
        writeln!(svg, "<circle cx=\"{edge}\" cy=\"{}\" r=\"3.5\" fill=\"#24292f\"/>", y + ROW / 2).unwrap();
        text(&mut svg, (x, y + 15), anchor, "#24292f", &event.what);
    }
    svg + "</svg>\n"
}

fn middle() -> usize {
    usize::midpoint(LANE.0, LANE.1)
}

/// A box for each stretch of rows with the same client, in colours that differ for different clients.
fn eras(svg: &mut String, events: &[Event]) {
    let mut known: Vec<&str> = Vec::new();
    let mut first = 0;
    for era in events.chunk_by(|one, next| one.client == next.client) {
        let client = era[0].client.as_deref();
        let colour = match client {
            None => "#eaeef2",
            Some(name) => {
                let index = known.iter().position(|one| *one == name).unwrap_or(known.len());
                if index == known.len() {
                    known.push(name);
                }
                ["#b4e5b8", "#b6d7ff", "#f5d9a8"][index % 3]
            }
        };
        let (x, width, y) = (LANE.0, LANE.1 - LANE.0, HEAD + ROW * first);
        let height = ROW * era.len();
        writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{colour}\" stroke=\"#ffffff\"/>"
        )
        .unwrap();
        text(svg, (middle(), y + height / 2 + 4), "middle", "#24292f", client.unwrap_or("nobody"));
        first += era.len();
    }
}

fn text(svg: &mut String, (x, y): (usize, usize), anchor: &str, colour: &str, what: &str) {
    let what = what.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{what}</text>").unwrap();
}
