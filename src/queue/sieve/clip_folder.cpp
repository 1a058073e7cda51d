#include "queue/sieve/clip_folder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace notify {

namespace {

struct Kind {
    std::string_view folder;
    std::array<std::string_view, 8> entries;  ///< One of them stands in it.
    std::string_view title;
};

constexpr std::array<Kind, 4> kKinds{{
    {.folder = "CONTENTS",
     .entries = {"AUDIO", "CLIP", "ICON", "PROXY", "VIDEO", "VOICE"},
     .title = "a Panasonic P2 card"},
    {.folder = "BPAV", .entries = {"CLPR", "TAKR", "MEDIAPRO.XML"}, .title = "an XDCAM EX card"},
    {.folder = "XDROOT",
     .entries = {"ALIAS.XML", "Clip", "DISCMETA.XML", "Edit", "INDEX.XML", "MEDIAPRO.XML", "Sub", "Take"},
     .title = "an XDCAM disc"},
    {.folder = "BDMV",
     .entries = {"BACKUP", "CLIPINF", "INDEX.BDM", "MOVIEOBJ.BDM", "PLAYLIST", "STREAM"},
     .title = "an AVCHD card"},
}};

constexpr std::string_view kRedClip = ".RDC";

/// What kind of clip folder a folder of that name is that `entry` stands in; "" when it is none.
std::string_view TitleOf(std::string_view folder, std::string_view entry) {
    if (folder.size() > kRedClip.size() && folder.ends_with(kRedClip)) {
        return "a RED clip";
    }
    const auto* const kind = std::ranges::find(kKinds, folder, &Kind::folder);
    const bool shown = kind != kKinds.end() && !entry.empty() &&
                       std::ranges::find(kind->entries, entry) != kind->entries.end();
    return shown ? kind->title : std::string_view();
}

}  // namespace

std::optional<ClipFolder> ClipFolderOf(std::string_view key) {
    std::size_t begin = 0;
    for (auto slash = key.find('/'); slash != std::string_view::npos; slash = key.find('/', begin)) {
        const auto rest = key.substr(slash + 1);
        const auto title = TitleOf(key.substr(begin, slash - begin), rest.substr(0, rest.find('/')));
        if (!title.empty()) {
            return ClipFolder{.path = key.substr(0, slash + 1), .title = title};
        }
        begin = slash + 1;
    }
    return std::nullopt;
}

bool IsNamedAsClipFolder(std::string_view folder) {
    const auto path = folder.substr(0, folder.find_last_not_of('/') + 1);
    const auto name = path.substr(path.rfind('/') + 1);
    return std::ranges::find(kKinds, name, &Kind::folder) != kKinds.end() || !TitleOf(name, "").empty();
}

}  // namespace notify
