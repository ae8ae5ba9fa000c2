//! The command language: text becomes commands, each a list of words that know their line.

use std::fmt;

/// Why a command was not carried out: where it stands and what would have been right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandError {
    /// Line of the text, counted from 1.
    pub line: usize,
    /// The word that is wrong; `None` when something is missing at the end.
    pub word: Option<String>,
    /// What was expected, or what went wrong.
    pub message: String,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.word {
            Some(word) => write!(f, "line {}: '{word}': {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

impl std::error::Error for CommandError {}

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Without its quotes.
    pub text: String,
    /// It stood in quotes: it is never a keyword.
    pub quoted: bool,
    /// Line of the text, counted from 1.
    pub line: usize,
}

impl Word {
    /// Is it this keyword, in whatever case?
    pub fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }

    /// This word is wrong.
    pub fn error(&self, message: impl Into<String>) -> CommandError {
        CommandError { line: self.line, word: Some(self.text.clone()), message: message.into() }
    }
}

/// One command: its words, the first of which is JANUS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Never empty.
    pub words: Vec<Word>,
}

impl Command {
    /// The words behind JANUS, to be taken one after the other.
    pub fn words(&self) -> Words<'_> {
        Words { words: &self.words, at: 1.min(self.words.len()) }
    }
}

/// A command's words on their way to being understood.
#[derive(Clone)]
pub struct Words<'a> {
    words: &'a [Word],
    at: usize,
}

impl<'a> Words<'a> {
    /// The next word, left where it is.
    pub fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.at)
    }

    /// The next word, if there is one.
    pub fn take(&mut self) -> Option<&'a Word> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    /// The next word, which has to be there: `what` is it?
    pub fn expect(&mut self, what: &str) -> Result<&'a Word, CommandError> {
        self.take().ok_or_else(|| self.missing(what))
    }

    /// Takes the next word if it is this keyword.
    pub fn take_if(&mut self, keyword: &str) -> bool {
        let is = self.peek().is_some_and(|word| word.is(keyword));
        self.at += usize::from(is);
        is
    }

    /// Fails when words are left over.
    pub fn end(&mut self) -> Result<(), CommandError> {
        match self.take() {
            Some(word) => Err(word.error("expected the end of the command")),
            None => Ok(()),
        }
    }

    /// Something is missing behind the last word.
    pub fn missing(&self, what: &str) -> CommandError {
        let line = self.words.last().map_or(1, |word| word.line);
        CommandError { line, word: None, message: format!("the command is cut off: expected {what}") }
    }
}

/// Where a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A file: each command begins with JANUS, and a line that does not goes on with the command above it.
    File,
    /// Lines as they come: a command is over with its line, unless that ends with a hyphen.
    Line,
}

/// Splits text into commands.
#[derive(Debug)]
pub struct Splitter {
    ending: Ending,
    line: usize,
    current: Option<Command>,
    /// The last line ended with a hyphen.
    hyphen: bool,
}

impl Splitter {
    /// For text whose commands end in this way.
    pub fn new(ending: Ending) -> Self {
        Splitter { ending, line: 0, current: None, hyphen: false }
    }

    /// All commands of a text, and all that is wrong with how it is split.
    pub fn split(ending: Ending, text: &str) -> Vec<Result<Command, CommandError>> {
        let mut splitter = Splitter::new(ending);
        let mut commands: Vec<_> = text.lines().flat_map(|line| splitter.line(line)).collect();
        commands.extend(splitter.end());
        commands
    }

    /// Takes the next line; what is complete now comes back.
    pub fn line(&mut self, text: &str) -> Vec<Result<Command, CommandError>> {
        self.line += 1;
        let text = text.trim();
        let mut done = Vec::new();
        if !self.hyphen {
            if text.is_empty() {
                return self.current.take().map(Ok).into_iter().collect();
            }
            if text.starts_with('*') {
                return done;
            }
        }
        let (text, hyphen) = match text.strip_suffix('-') {
            Some(rest) if rest.is_empty() || rest.ends_with(char::is_whitespace) => (rest, true),
            _ => (text, false),
        };
        let words = match words(text, self.line) {
            Ok(words) => words,
            Err(error) => {
                self.current = None;
                self.hyphen = false;
                return vec![Err(error)];
            }
        };
        let begins = words.first().is_some_and(|word| word.is("JANUS"));
        match &mut self.current {
            Some(command) if self.hyphen || !begins => command.words.extend(words),
            _ if begins => done.extend(self.current.replace(Command { words }).map(Ok)),
            _ => {
                let error = words.first().map(|word| word.error("expected JANUS, with which every command begins"));
                done.extend(error.map(Err));
                self.hyphen = false;
                return done;
            }
        }
        self.hyphen = hyphen;
        if self.ending == Ending::Line && !hyphen {
            done.extend(self.current.take().map(Ok));
        }
        done
    }

    /// There is no more text.
    pub fn end(&mut self) -> Option<Result<Command, CommandError>> {
        let command = self.current.take()?;
        Some(match std::mem::take(&mut self.hyphen) {
            true => Err(command.words().missing("another line, since the last one ends with a hyphen")),
            false => Ok(command),
        })
    }
}

/// The words of a line: separated by blanks, or in quotes, in which a quote is doubled.
fn words(text: &str, line: usize) -> Result<Vec<Word>, CommandError> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(mut quoted) = rest.strip_prefix('\'') {
            let mut text = String::new();
            loop {
                let Some((part, behind)) = quoted.split_once('\'') else {
                    return Err(CommandError {
                        line,
                        word: Some(rest.into()),
                        message: "expected a closing quote on this line".into(),
                    });
                };
                text.push_str(part);
                match behind.strip_prefix('\'') {
                    Some(more) => {
                        text.push('\'');
                        quoted = more;
                    }
                    None => {
                        rest = behind;
                        break;
                    }
                }
            }
            words.push(Word { text, quoted: true, line });
            if rest.starts_with(|next: char| !next.is_whitespace()) {
                let word = rest.split_whitespace().next().unwrap_or_default().into();
                return Err(CommandError { line, word: Some(word), message: "expected a blank after a quote".into() });
            }
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            words.push(Word { text: rest[..end].into(), quoted: false, line });
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let show = |command: Command| command.words.iter().map(|word| word.text.clone()).collect::<Vec<_>>().join("|");
        Splitter::split(Ending::File, text)
            .into_iter()
            .map(|command| command.map_or_else(|error| error.to_string(), show))
            .collect()
    }

    #[test]
    fn commands_go_on_until_the_next_janus() {
        let text = "* a comment\n\nJANUS DEFINE A 1 WEBSERV 10\nSSL F P\n  * another\n SSLCLCERTR\njanus start A\n";
        assert_eq!(split(text), ["JANUS|DEFINE|A|1|WEBSERV|10|SSL|F|P|SSLCLCERTR", "janus|start|A"]);
    }

    #[test]
    fn hyphens_go_on_whatever_comes() {
        assert_eq!(split("JANUS WEB A -\n* -\nJANUS\n"), ["JANUS|WEB|A|*|JANUS"]);
        assert_eq!(split("JANUS START A-\n"), ["JANUS|START|A-"]);
        let cut = "line 1: the command is cut off: expected another line, since the last one ends with a hyphen";
        assert_eq!(split("JANUS START -"), [cut]);
    }

    #[test]
    fn quotes() {
        assert_eq!(split("JANUS X 'it''s  one' ''"), ["JANUS|X|it's  one|"]);
        assert_eq!(split("JANUS X 'open"), ["line 1: ''open': expected a closing quote on this line"]);
        assert_eq!(split("JANUS X 'a'b"), ["line 1: 'b': expected a blank after a quote"]);
    }

    #[test]
    fn a_blank_line_ends_a_command() {
        let expected = "line 3: 'SSL': expected JANUS, with which every command begins";
        assert_eq!(split("JANUS START A\n\nSSL F P"), ["JANUS|START|A", expected]);
    }

    #[test]
    fn line_by_line() {
        let mut splitter = Splitter::new(Ending::Line);
        assert_eq!(splitter.line("JANUS START A").len(), 1);
        assert_eq!(splitter.line("JANUS START -").len(), 0);
        assert_eq!(splitter.line("A").len(), 1);
        assert!(splitter.line("A")[0].is_err());
        assert!(splitter.end().is_none());
    }
}
