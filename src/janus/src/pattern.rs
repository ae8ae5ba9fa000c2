//! Patterns with wildcards: `*` for any characters, `?` for one.

/// What each wildcard of `pattern` stands for in `text`, if it matches. Case does not count.
pub fn captures<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let pattern: Vec<char> = pattern.chars().collect();
    // Positions of characters in `text`, and its end.
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let chars: Vec<char> = text.chars().collect();
    let same = |a: char, b: char| a == b || a.to_lowercase().eq(b.to_lowercase());
    // The last `*` met: where it stands, and how far its match reaches. Only that one has to be tried again.
    let (mut p, mut t, mut star) = (0, 0, None);
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    loop {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                found.push((p, t, t));
                p += 1;
                continue;
            }
            Some('?') if t < chars.len() => {
                found.push((p, t, t + 1));
                (p, t) = (p + 1, t + 1);
                continue;
            }
            Some(&c) if t < chars.len() && same(c, chars[t]) => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            None if t == chars.len() => break,
            _ => {}
        }
        let (at, end) = star?;
        if end == chars.len() {
            return None;
        }
        star = Some((at, end + 1));
        found.retain(|(place, ..)| *place <= at);
        if let Some(last) = found.last_mut() {
            last.2 = end + 1;
        }
        (p, t) = (at + 1, end + 1);
    }
    Some(found.into_iter().map(|(_, from, to)| &text[places[from]..places[to]]).collect())
}

/// Does `text` match?
pub fn matches(pattern: &str, text: &str) -> bool {
    captures(pattern, text).is_some()
}

/// Is there a wildcard in it?
pub fn is_wild(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

/// Puts what the wildcards stand for in their place, one after the other; those left over stand for nothing.
pub fn fill(template: &str, captures: &[&str]) -> String {
    let mut captures = captures.iter();
    let mut filled = String::new();
    for c in template.chars() {
        match c {
            '*' | '?' => filled.push_str(captures.next().unwrap_or(&"")),
            c => filled.push(c),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        assert_eq!(captures("/JUNK/*", "/junk/Main.html"), Some(vec!["Main.html"]));
        assert_eq!(captures("*.jav", "/a/b.jav"), Some(vec!["/a/b"]));
        assert_eq!(captures("*", ""), Some(vec![""]));
        assert_eq!(captures("a*b*c", "aXbYbZc"), Some(vec!["X", "YbZ"]));
        assert_eq!(captures("*?", "ab"), Some(vec!["a", "b"]));
        assert_eq!(captures("HOMER??", "homer12"), Some(vec!["1", "2"]));
        assert_eq!(captures("HOMER??", "homer1"), None);
        assert_eq!(captures("a", "ab"), None);
        assert_eq!(captures("é*", "Éx"), Some(vec!["x"]));
        assert_eq!(captures("*a", &"b".repeat(10_000)), None);
    }

    #[test]
    fn filling() {
        assert_eq!(fill("HTTP://HOST/J/*", &["x.html"]), "HTTP://HOST/J/x.html");
        assert_eq!(fill("*-*-*", &["a", "b"]), "a-b-");
    }
}
