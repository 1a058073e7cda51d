#pragma once

// Folders as cameras write them: many files that are clips only together.

#include <optional>
#include <string_view>

namespace notify {

struct ClipFolder {
    std::string_view path;   ///< "cards/A/CONTENTS/": with the slash at its end; a view into the key.
    std::string_view title;  ///< For a sentence: "a P2 card".
};

/// The outermost clip folder that the key lies in, when the key shows that it is one: "CONTENTS/VIDEO/…" of
/// Panasonic P2, "BPAV/CLPR/…" and "XDROOT/Clip/…" of Sony XDCAM, "BDMV/STREAM/…" of AVCHD, "….RDC/…" of RED.
[[nodiscard]] std::optional<ClipFolder> ClipFolderOf(std::string_view key);

/// True for a folder ("cards/A/CONTENTS/") whose name is that of clip folders, whatever stands in it.
[[nodiscard]] bool IsNamedAsClipFolder(std::string_view folder);

}  // namespace notify
