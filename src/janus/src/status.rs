//! Tables: JANUS STATUS, SSLSTATUS, STATCA, LIMITS.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use standin_engine::Protocol;

use crate::pattern;
use crate::port::Port;

fn load(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

/// JANUS STATUS: what ports do.
pub fn ports(ports: &[Arc<Port>]) -> String {
    let head = ["Name", "Port", "Type", "Stat", "Activ", "Free", "Connects", "Refused"];
    let row = |port: &Arc<Port>| {
        let setup = port.setup();
        let active = port.active();
        vec![
            port.name.clone(),
            port.number.to_string(),
            setup.definition.kind.to_string(),
            port.status().to_string(),
            active.to_string(),
            setup.definition.max_connections.saturating_sub(active).to_string(),
            load(&port.connects).to_string(),
            load(&port.turned_away).to_string(),
        ]
    };
    table(&head, ports.iter().map(row).collect())
}

/// JANUS SSLSTATUS: sessions, for each protocol.
pub fn tls(ports: &[Arc<Port>]) -> String {
    let head = ["Name", "Port", "Type", "Stat", "Prot", "Connects", "SesNew", "SesNF", "SesTO", "Errs"];
    let mut rows = Vec::new();
    for port in ports.iter().filter(|port| port.setup().tls.is_some()) {
        for (protocol, name) in [(Protocol::Tls12, "TLS1.2"), (Protocol::Tls13, "TLS1.3")] {
            let counts = port.counts(protocol);
            let mut row = vec![
                port.name.clone(),
                port.number.to_string(),
                port.setup().definition.kind.to_string(),
                port.status().to_string(),
                name.to_owned(),
            ];
            let counts = [&counts.connects, &counts.new, &counts.not_found, &counts.timed_out, &counts.errors];
            row.extend(counts.map(|count| load(count).to_string()));
            rows.push(row);
        }
    }
    table(&head, rows)
}

/// JANUS STATCA: the authorities of ports.
pub fn authorities(ports: &[Arc<Port>], file: &str, procedure: &str) -> String {
    let head = ["Portname", "Filename", "Procname", "Internal-name", "NumSigned"];
    let mut rows = Vec::new();
    for port in ports {
        for authority in &port.setup().authorities {
            let (from, name) = &authority.source;
            if pattern::matches(file, from) && pattern::matches(procedure, name) {
                let signed = load(&authority.signed).to_string();
                rows.push(vec![port.name.clone(), from.clone(), name.clone(), authority.name(), signed]);
            }
        }
    }
    table(&head, rows)
}

/// JANUS LIMITS: how many connections there can be.
pub fn limits(ports: &[Arc<Port>]) -> String {
    use rustix::process::{Resource, getrlimit};
    let defined: usize = ports.iter().map(|port| port.setup().definition.max_connections).sum();
    let active: usize = ports.iter().map(|port| port.active()).sum();
    let descriptors = getrlimit(Resource::Nofile).current.map_or("unlimited".into(), |limit| limit.to_string());
    let rows = [
        ("Ports defined", ports.len().to_string()),
        ("Connections allowed", defined.to_string()),
        ("Connections active", active.to_string()),
        ("Descriptors of the process", descriptors),
    ];
    table(&["Limit", "Value"], rows.map(|(name, value)| vec![name.to_owned(), value]).to_vec())
}

/// Columns as wide as their widest entry.
fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut all = vec![head.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()];
    all.extend(rows);
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}
