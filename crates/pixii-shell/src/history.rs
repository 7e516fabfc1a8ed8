//! Where the history of statements is kept: in the user's state directory, readable by nobody else.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// So many entries are kept.
pub const ENTRIES_MAX: usize = 10_000;

/// `$XDG_STATE_HOME/pixii/shell_history`, and by default `~/.local/state/pixii/shell_history`.
pub fn path(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state =
        absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("pixii/shell_history"))
}

/// Makes the file's directory, closed to others.
pub fn make_directory(file: &Path) -> io::Result<()> {
    let Some(directory) = file.parent() else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_directory_is_found() {
        for (state, home, expect) in [
            (Some("/state"), Some("/home/a"), Some("/state/pixii/shell_history")),
            (None, Some("/home/a"), Some("/home/a/.local/state/pixii/shell_history")),
            (Some("relative"), Some("/home/a"), Some("/home/a/.local/state/pixii/shell_history")),
            (Some(""), None, None),
            (None, None, None),
        ] {
            let variable = |name: &str| if name == "HOME" { home } else { state }.map(OsString::from);
            assert_eq!(path(variable), expect.map(PathBuf::from));
        }
    }

    #[cfg(unix)]
    #[test]
    fn its_directory_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a/pixii/shell_history");
        make_directory(&file).unwrap();
        make_directory(&file).unwrap();
        let mode = fs::metadata(file.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
