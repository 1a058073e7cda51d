#pragma once

// Pictures of a publication: image-1.jpg, image-2.jpg, … in a folder beside its text, in the order of
// Rendering::pictures.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/publishing/rendering.hpp"
#include "sources/source.hpp"

namespace notify {

/// The key of the folder for what is written of the media at `key`, with a slash at its end:
/// "day/paper.pdf.assets/". Another one for another key, and short enough for the names of all pictures.
[[nodiscard]] std::string PictureFolder(const SourceConnection& source, std::string_view key);

/// Where picture `number` (from 1) of what is written at `text` goes.
[[nodiscard]] PublicationTarget PictureTarget(
    const PublicationTarget& text, std::string_view folder, std::size_t number
);

/// All of them, in their order.
[[nodiscard]] std::vector<PublicationTarget> PictureTargets(
    const PublicationTarget& text, std::string_view folder, const Rendering& rendering
);

/// The rendering's text with the links to its pictures leading into the folder, relative to the text.
[[nodiscard]] std::string WithPicturesIn(std::string_view folder, const Rendering& rendering);

}  // namespace notify
