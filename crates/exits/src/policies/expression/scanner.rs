//! The characters of an expression, read from left to right.

use super::error::{ExpressionError, MOST_CHARACTERS};

pub(super) struct Scanner {
    text: String,
    characters: Vec<char>,
    at: usize,
}

impl Scanner {
    pub(super) fn new(text: &str) -> Result<Self, ExpressionError> {
        let scanner = Self { text: text.to_owned(), characters: text.chars().collect(), at: 0 };
        if MOST_CHARACTERS < scanner.characters.len() {
            let problem = format!("an expression has at most {MOST_CHARACTERS} characters");
            return Err(scanner.error(MOST_CHARACTERS, problem));
        }
        Ok(scanner)
    }

    /// The error about the character at place `at`, from 0.
    pub(super) fn error(&self, at: usize, problem: impl Into<String>) -> ExpressionError {
        ExpressionError { text: self.text.clone(), character: at + 1, problem: problem.into() }
    }

    /// The place of the next character that is no space.
    pub(super) fn place(&mut self) -> usize {
        while self.characters.get(self.at).is_some_and(|character| character.is_whitespace()) {
            self.at += 1;
        }
        self.at
    }

    /// The next character that is no space.
    pub(super) fn peek(&mut self) -> Option<char> {
        let at = self.place();
        self.characters.get(at).copied()
    }

    /// Takes `wanted` if it comes next; a word only where no longer word does.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let at = self.place();
        let comes = wanted.chars().enumerate().all(|(k, character)| self.characters.get(at + k) == Some(&character));
        let after = at + wanted.chars().count();
        let is_word = wanted.chars().all(char::is_alphabetic);
        if !comes || (is_word && self.characters.get(after).is_some_and(|next| is_of_name(*next))) {
            return false;
        }
        self.at = after;
        true
    }

    /// Takes characters as long as `of` accepts them.
    pub(super) fn take_while(&mut self, of: impl Fn(char) -> bool) -> String {
        let rest = self.characters[self.at..].iter();
        let taken: String = rest.copied().take_while(|character| of(*character)).collect();
        self.at += taken.chars().count();
        taken
    }

    /// Takes characters up to and with `end`; `None` if it does not come.
    pub(super) fn take_through(&mut self, end: char) -> Option<String> {
        let length = self.characters[self.at..].iter().position(|character| *character == end)? + 1;
        let taken = self.characters[self.at..self.at + length].iter().collect();
        self.at += length;
        Some(taken)
    }

    /// The character at the very next place, spaces included.
    pub(super) fn next_is(&self, character: char) -> bool {
        self.characters.get(self.at) == Some(&character)
    }

    /// Goes back to `place`.
    pub(super) fn back_to(&mut self, place: usize) {
        self.at = place;
    }

    /// Where the scanner stands.
    pub(super) const fn at(&self) -> usize {
        self.at
    }
}

/// Whether a name may contain `character`.
pub(super) fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
