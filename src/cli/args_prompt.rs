//! `prompt` as clap reads it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `prompt`.
#[derive(Debug, Clone, Subcommand)]
pub enum PromptCommand {
    /// Stores audio files as prompts
    #[command(
        after_help = "Takes WAV (PCM, G.711, ADPCM), MP3, Ogg Vorbis, FLAC and AIFF of any rate from 8000 Hz on, mixes to\n\
                      mono and brings all prompts to the same loudness. What would sound wrong is refused with its reason.\n\
                      \nExamples:\n  aftercall prompt add support.csat.wav --language en\n  \
                      aftercall prompt add en/*.mp3\n  aftercall prompt add take7.wav --name support.intro --language es"
    )]
    Add(PromptAddArgs),
    /// Shows what each survey says, which prompts there are and which are missing
    #[command(after_help = "Examples:\n  aftercall prompt list\n  aftercall prompt list --survey support")]
    List(PromptListArgs),
    /// Removes a prompt; calls in progress can still play it for a while
    #[command(after_help = "Example:\n  aftercall prompt remove support.intro --language es")]
    Remove(PromptRemoveArgs),
    /// Writes a prompt to a file, as it is served
    #[command(
        after_help = "Example:\n  aftercall prompt export support.intro --language en --form pcm intro.wav"
    )]
    Export(PromptExportArgs),
    /// Stores an existing library of prompts: LANGUAGE/NAME.wav below a folder, at any depth
    #[command(
        after_help = "A file is taken for the prompt whose name it has, without regard to case and to _ - . and blanks;\n\
                      folders count as part of the name: en_US/support/CSAT.wav is support.csat in en. Only what surveys\n\
                      say (drafts too) is stored. `prompts.folder` does the same again and again.\n\
                      \nExamples:\n  aftercall prompt sync /mnt/prompts --dry-run\n  aftercall prompt sync ./english --language en"
    )]
    Sync(PromptSyncArgs),
    /// Makes the missing prompts of a survey from their texts with espeak-ng
    #[command(
        after_help = "Good for a first try and for tests; callers prefer a human voice. Needs the package espeak-ng.\n\
                      \nExamples:\n  aftercall prompt synthesize support --dry-run\n  \
                      aftercall prompt synthesize support --language en --voice en-us"
    )]
    Synthesize(PromptSynthesizeArgs),
}

/// `prompt add`.
#[derive(Debug, Clone, Args)]
pub struct PromptAddArgs {
    /// The audio files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The prompt's name [default: the file's, without its ending]
    #[arg(long)]
    pub name: Option<String>,
    /// The language, such as en or es-MX [default: the folder's name, if a survey speaks it]
    #[arg(long)]
    pub language: Option<String>,
}

/// `prompt list`.
#[derive(Debug, Clone, Args)]
pub struct PromptListArgs {
    /// Only this survey's
    #[arg(long, value_name = "KEY")]
    pub survey: Option<String>,
}

/// `prompt remove`.
#[derive(Debug, Clone, Args)]
pub struct PromptRemoveArgs {
    /// The prompt's name
    pub name: String,
    /// Its language
    #[arg(long)]
    pub language: String,
    /// Also when callers would then hear nothing in an active survey
    #[arg(long)]
    pub force: bool,
}

/// `prompt export`.
#[derive(Debug, Clone, Args)]
pub struct PromptExportArgs {
    /// The prompt's name
    pub name: String,
    /// Its language
    #[arg(long)]
    pub language: String,
    /// In which form
    #[arg(long, value_enum, default_value_t = FormArg::Pcm)]
    pub form: FormArg,
    /// The file to write; it must not exist
    pub file: PathBuf,
}

/// The forms of a prompt, as written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormArg {
    /// G.711 µ-law, 8 kHz
    Ulaw,
    /// G.711 A-law, 8 kHz
    Alaw,
    /// Linear 16 bit, 16 kHz
    Pcm,
}

/// `prompt sync`.
#[derive(Debug, Clone, Args)]
pub struct PromptSyncArgs {
    /// The folder of the library
    pub folder: PathBuf,
    /// The language of files that lie in no folder of a language
    #[arg(long)]
    pub language: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

/// `prompt synthesize`.
#[derive(Debug, Clone, Args)]
pub struct PromptSynthesizeArgs {
    /// The survey's key
    pub survey: String,
    /// Only in this language
    #[arg(long)]
    pub language: Option<String>,
    /// The voice of espeak-ng; `espeak-ng --voices` lists them [default: the language]
    #[arg(long)]
    pub voice: Option<String>,
    /// Only say what would be made
    #[arg(long)]
    pub dry_run: bool,
}
