//! Addresses and autonomous systems that certificates are for (RFC 3779): nobody hands on what was not handed on to it.

use std::ffi::c_int;

use super::context::X509_STORE_CTX;
use super::object::Held;
use super::verdict;
use super::verify::report;
use crate::der::{Reader, tag};
use crate::object::nid;
use crate::x509::X509;

/// What a certificate has of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Choice<T> {
    /// What its issuer has.
    Inherited,
    Ranges(Vec<Range<T>>),
}

/// From the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Range<T> {
    first: T,
    last: T,
    /// Is it written as a range where a prefix says the same?
    clumsy: bool,
    /// Is it a prefix of more bits than an address has? Nothing contains it, and it contains nothing.
    overlong: bool,
}

impl<T: Ord> Choice<T> {
    /// In order, with no two that touch, and each as short as can be. `touch` says whether one ends where the next begins.
    fn is_canonical(&self, touch: impl Fn(&T, &T) -> bool) -> bool {
        let Choice::Ranges(ranges) = self else { return true };
        // As the original has it, one alone is not looked at.
        if matches!(&ranges[..], [range] if range.overlong) {
            return true;
        }
        let each = ranges.iter().all(|range| range.first <= range.last && !range.clumsy && !range.overlong);
        let apart = |pair: &[Range<T>]| {
            pair[0].first < pair[1].first && pair[0].last < pair[1].first && !touch(&pair[0].last, &pair[1].first)
        };
        !ranges.is_empty() && each && ranges.windows(2).all(apart)
    }
}

/// Whether each of a child's ranges is within one of its parent's.
fn contains<T: Ord>(parent: &[Range<T>], child: &[Range<T>]) -> bool {
    let holds = |inner: &Range<T>| {
        let outer = parent.iter().find(|outer| outer.last >= inner.last);
        !inner.overlong && outer.is_some_and(|outer| outer.first <= inner.first && !outer.overlong)
    };
    child.iter().all(holds)
}

/// Autonomous systems: their numbers, and those of routing domains.
type Systems = [Option<Choice<i128>>; 2];

fn systems(value: &[u8]) -> Option<Systems> {
    let number = |content: &[u8]| {
        let start = if *content.first()? & 0x80 != 0 { -1 } else { 0 };
        (content.len() <= 8).then(|| content.iter().fold(start, |sum: i128, byte| sum << 8 | i128::from(*byte)))
    };
    let choice = |content: &[u8]| {
        let found = Reader(content).next()?;
        if found.tag == tag::NULL {
            return Some(Choice::Inherited);
        }
        let mut list = Reader(found.content);
        let mut ranges = Vec::new();
        while !list.is_empty() {
            let element = list.next()?;
            let (first, last) = match element.tag {
                tag::INTEGER => (number(element.content)?, number(element.content)?),
                _ => {
                    let mut ends = Reader(element.content);
                    (number(ends.expect(tag::INTEGER)?.content)?, number(ends.expect(tag::INTEGER)?.content)?)
                }
            };
            ranges.push(Range { first, last, clumsy: false, overlong: false });
        }
        Some(Choice::Ranges(ranges))
    };
    let mut parts = Reader(value).enter(tag::SEQUENCE)?;
    let mut found = [None, None];
    for (kind, place) in found.iter_mut().enumerate() {
        if let Some(part) = parts.optional(tag::constructed(kind as u8))? {
            *place = Some(choice(part.content)?);
        }
    }
    Some(found)
}

/// Addresses of a family: of which, by its octets, and what.
#[derive(Clone, Debug)]
struct Family {
    name: Vec<u8>,
    choice: Choice<Vec<u8>>,
}

/// How many bytes an address of a family has.
fn address_len(family: &[u8]) -> usize {
    match family {
        [0, 1, ..] => 4,
        [0, 2, ..] => 16,
        _ => 0,
    }
}

/// The bits of an address with what is left out of it filled up.
fn filled(bits: &[u8], len: usize, fill: u8) -> Option<Vec<u8>> {
    let (unused, bits) = bits.split_first()?;
    if bits.len() > len || *unused > 7 {
        return None;
    }
    let mut out = bits.to_vec();
    if let Some(last) = out.last_mut().filter(|_| *unused > 0) {
        let mask = 0xff >> (8 - unused);
        *last = if fill == 0 { *last & !mask } else { *last | mask };
    }
    out.resize(len, fill);
    Some(out)
}

/// Can a prefix say this range?
fn is_prefix(first: &[u8], last: &[u8]) -> bool {
    let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    let bits = 0..first.len() * 8;
    let common = bits.clone().take_while(|at| bit(first, *at) == bit(last, *at)).count();
    bits.skip(common).all(|at| bit(first, at) == 0 && bit(last, at) == 1)
}

fn families(value: &[u8]) -> Option<Vec<Family>> {
    let mut list = Reader(value).enter(tag::SEQUENCE)?;
    let mut found = Vec::new();
    while !list.is_empty() {
        let mut parts = list.enter(tag::SEQUENCE)?;
        let name = parts.expect(tag::OCTET_STRING)?.content.to_vec();
        let (len, choice) = (address_len(&name), parts.next()?);
        if choice.tag == tag::NULL {
            found.push(Family { name, choice: Choice::Inherited });
            continue;
        }
        let mut inside = Reader(choice.content);
        let mut ranges = Vec::new();
        while !inside.is_empty() {
            let element = inside.next()?;
            ranges.push(match element.tag {
                tag::BIT_STRING => {
                    let ends = (filled(element.content, len, 0), filled(element.content, len, 0xff));
                    match ends {
                        (Some(first), Some(last)) => Range { first, last, clumsy: false, overlong: false },
                        _ => Range { first: vec![0xff; len], last: vec![0xff; len], clumsy: false, overlong: true },
                    }
                }
                _ => {
                    let mut ends = Reader(element.content);
                    let first = filled(ends.expect(tag::BIT_STRING)?.content, len, 0)?;
                    let last = filled(ends.expect(tag::BIT_STRING)?.content, len, 0xff)?;
                    let clumsy = first <= last && is_prefix(&first, &last);
                    Range { first, last, clumsy, overlong: false }
                }
            });
        }
        found.push(Family { name, choice: Choice::Ranges(ranges) });
    }
    Some(found)
}

/// Is one address behind the other?
fn follows(last: &[u8], next: &[u8]) -> bool {
    let mut after = last.to_vec();
    for byte in after.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    after == next
}

fn families_are_canonical(families: &[Family]) -> bool {
    let ordered = families.windows(2).all(|pair| pair[0].name < pair[1].name);
    ordered && families.iter().all(|family| family.choice.is_canonical(|last, next| follows(last, next)))
}

fn systems_are_canonical(systems: &Systems) -> bool {
    let adjacent = |last: &i128, next: &i128| last + 1 == *next;
    systems.iter().flatten().all(|choice| choice.is_canonical(adjacent))
}

/// The value of an extension of a certificate.
fn extension(x: &Held<X509>, kind: c_int) -> Option<Vec<u8>> {
    let certificate = x.certificate()?;
    certificate.extensions.iter().find(|extension| extension.nid() == kind).map(|found| found.value().to_vec())
}

unsafe fn at(ctx: *mut X509_STORE_CTX, depth: usize) -> Option<Held<X509>> {
    // SAFETY: the caller's context.
    let ctx = unsafe { &*ctx };
    ctx.chain.get(depth).cloned()
}

/// A kind of resources.
struct Kind<T> {
    extension: c_int,
    parse: fn(&[u8]) -> Option<T>,
    is_canonical: fn(&T) -> bool,
    /// Goes from what is held to its issuer's: of each, whether the issuer does not have it.
    nest: fn(&mut T, Option<&T>) -> Vec<bool>,
    /// Of each of a trust anchor's (beside what is held then): whether it is inherited, which can be from nobody.
    inherits: fn(&T, &T) -> Vec<bool>,
}

impl<T> Kind<T> {
    /// A certificate's, and whether they are not in order.
    fn of(&self, x: &Held<X509>) -> (Option<T>, bool) {
        let Some(value) = extension(x, self.extension) else { return (None, false) };
        let found = (self.parse)(&value);
        let wrong = !found.as_ref().is_some_and(self.is_canonical);
        (found, wrong)
    }
}

const SYSTEMS: Kind<Systems> = Kind {
    extension: nid::SBGP_AUTONOMOUS_SYS_NUM,
    parse: systems,
    is_canonical: systems_are_canonical,
    nest: nest_systems,
    inherits: |anchor, _| anchor.iter().flatten().map(|choice| *choice == Choice::Inherited).collect(),
};

fn nest_systems(held: &mut Systems, parent: Option<&Systems>) -> Vec<bool> {
    let Some(parent) = parent else {
        return vec![held.iter().any(|choice| matches!(choice, Some(Choice::Ranges(_))))];
    };
    let nest = |(place, parent): (&mut Option<Choice<i128>>, &Option<Choice<i128>>)| {
        let wrong = match (&*place, parent) {
            (Some(Choice::Ranges(_)), None) => true,
            (Some(Choice::Ranges(own)), Some(Choice::Ranges(parent))) => !contains(parent, own),
            _ => false,
        };
        match parent {
            None if wrong => *place = None,
            Some(Choice::Ranges(_)) if !wrong => place.clone_from(parent),
            _ => {}
        }
        wrong
    };
    held.iter_mut().zip(parent).map(nest).collect()
}

const ADDRESSES: Kind<Vec<Family>> = Kind {
    extension: nid::SBGP_IP_ADDR_BLOCK,
    parse: families,
    is_canonical: |found| families_are_canonical(found),
    nest: |held, parent| nest_families(held, parent),
    inherits: |anchor, held| {
        let is_held = |family: &Family| held.iter().any(|held| held.name == family.name);
        anchor.iter().map(|family| family.choice == Choice::Inherited && is_held(family)).collect()
    },
};

fn nest_families(held: &mut [Family], parent: Option<&Vec<Family>>) -> Vec<bool> {
    let mut all = Vec::new();
    for family in held {
        let above = parent.into_iter().flatten().find(|above| above.name == family.name);
        let (wrong, ends) = match (&family.choice, above.map(|above| &above.choice)) {
            (Choice::Ranges(_), None) => (true, true),
            (Choice::Ranges(own), Some(Choice::Ranges(above))) => (!contains(above, own), false),
            _ => (false, false),
        };
        all.push(wrong);
        if ends {
            break;
        }
        if let Some(above) = above.filter(|above| !wrong && above.choice != Choice::Inherited) {
            *family = above.clone();
        }
    }
    all
}

/// Tells the program of an error at a depth, unless there is none.
unsafe fn ask(ctx: *mut X509_STORE_CTX, x: &Held<X509>, depth: usize, wrong: bool, code: c_int) -> bool {
    // SAFETY: the caller's context, into which nothing is held.
    !wrong || unsafe { report(ctx, Some(x), depth, code) }
}

/// Checks one kind for a chain: as the original, leaf first, and every step is told.
unsafe fn check_kind<T: Clone + Default>(ctx: *mut X509_STORE_CTX, kind: &Kind<T>) -> bool {
    // SAFETY: the caller's context, into which nothing is held.
    unsafe {
        let Some(leaf) = at(ctx, 0).filter(|leaf| extension(leaf, kind.extension).is_some()) else { return true };
        let (own, wrong) = kind.of(&leaf);
        if !ask(ctx, &leaf, 0, wrong, verdict::INVALID_EXTENSION) {
            return false;
        }
        let mut held = own.unwrap_or_default();
        let (mut anchor, mut depth, mut last) = (Some(held.clone()), 0, leaf);
        while let Some(x) = at(ctx, depth + 1) {
            depth += 1;
            let (parent, wrong) = kind.of(&x);
            if !ask(ctx, &x, depth, wrong, verdict::INVALID_EXTENSION) {
                return false;
            }
            let mut nested = (kind.nest)(&mut held, parent.as_ref()).into_iter();
            if !nested.all(|wrong| ask(ctx, &x, depth, wrong, verdict::UNNESTED_RESOURCE)) {
                return false;
            }
            (anchor, last) = (parent, x);
        }
        // The original tells of it behind the chain's end.
        let inherits = anchor.map_or_else(Vec::new, |anchor| (kind.inherits)(&anchor, &held));
        inherits.into_iter().all(|wrong| ask(ctx, &last, depth + 1, wrong, verdict::UNNESTED_RESOURCE))
    }
}

/// Checks both for a chain; false when the program does not go on.
///
/// # Safety
/// `ctx` is live, and no reference into it is held.
pub unsafe fn check(ctx: *mut X509_STORE_CTX) -> bool {
    // SAFETY: the caller's promise.
    unsafe { check_kind(ctx, &SYSTEMS) && check_kind(ctx, &ADDRESSES) }
}
