#pragma once

// Which face of an earlier run a track shows, so that what was said of it holds for the new run. Pure.

#include <span>

#include "domain/person.hpp"
#include "people/face_tracks.hpp"

namespace notify {

/// Gives each track of a new run the anchor of the judged track of earlier runs of the same item whose best
/// shot it covers in time and place (overlap ≥ 0.4), the best overlap first; its own id where there is none.
/// A track that has an anchor keeps it. Embeddings are not compared: the runs may be of different models.
void FindAnchors(FaceTracks& tracks, std::span<const FaceTrack> judged);

}  // namespace notify
