//! Resampling piece by piece, so that memory holds what comes out and never a whole decoded file.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler};

use super::error::AudioError;

/// Frames put in at a time, about.
const CHUNK: usize = 1024;

/// One sound on its way to another sample rate.
pub(super) struct Resampling {
    from: u32,
    to: u32,
    /// `None` when both rates are the same.
    engine: Option<Box<Fft<f32>>>,
    pending: Vec<f32>,
    scratch: Vec<f32>,
    taken: u64,
    out: Vec<f32>,
}

impl Resampling {
    /// From one rate to another, in samples a second.
    pub(super) fn new(from: u32, to: u32) -> Result<Self, AudioError> {
        let engine = if from == to {
            None
        } else {
            let made = Fft::new(from as usize, to as usize, CHUNK, 1, FixedSync::Both);
            Some(Box::new(made.map_err(AudioError::broken)?))
        };
        Ok(Self { from, to, engine, pending: Vec::new(), scratch: Vec::new(), taken: 0, out: Vec::new() })
    }

    /// Takes the next samples.
    pub(super) fn push(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        self.taken += samples.len() as u64;
        let Some(engine) = &mut self.engine else {
            self.out.extend_from_slice(samples);
            return Ok(());
        };
        self.pending.extend_from_slice(samples);
        let mut at = 0;
        while let Some(piece) = self.pending.get(at..at + engine.input_frames_next()) {
            step(engine, piece, &mut self.scratch, &mut self.out)?;
            at += piece.len();
        }
        self.pending.drain(..at);
        Ok(())
    }

    /// The whole sound; as long as the one that was put in.
    pub(super) fn finish(mut self) -> Result<Vec<f32>, AudioError> {
        let Some(mut engine) = self.engine else { return Ok(self.out) };
        let expected = (self.taken * u64::from(self.to)).div_ceil(u64::from(self.from));
        let expected = usize::try_from(expected).map_err(AudioError::broken)?;
        let delay = engine.output_delay();
        // What is still inside comes out behind as much silence as it takes.
        while self.out.len() < delay + expected {
            let needed = engine.input_frames_next();
            self.pending.resize(needed.max(self.pending.len()), 0.0);
            step(&mut engine, &self.pending[..needed], &mut self.scratch, &mut self.out)?;
            self.pending.clear();
        }
        self.out.drain(..delay);
        self.out.truncate(expected);
        Ok(self.out)
    }
}

fn step(
    engine: &mut Fft<f32>,
    piece: &[f32],
    scratch: &mut Vec<f32>,
    out: &mut Vec<f32>,
) -> Result<(), AudioError> {
    let room = engine.output_frames_next();
    scratch.resize(room, 0.0);
    let input = SequentialSlice::new(piece, 1, piece.len()).map_err(AudioError::broken)?;
    let mut output = SequentialSlice::new_mut(scratch, 1, room).map_err(AudioError::broken)?;
    let (_, made) =
        engine.process_into_buffer(&input, &mut output, None::<&Indexing>).map_err(AudioError::broken)?;
    out.extend_from_slice(&scratch[..made.min(room)]);
    Ok(())
}
