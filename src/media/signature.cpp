#include "media/signature.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/byte_source.hpp"
#include "core/result.hpp"

namespace notify {

Result<std::string> ReadStart(ByteSource& bytes, std::size_t most) {
    std::string start(most, '\0');
    std::size_t filled = 0;
    while (filled < start.size()) {
        const auto got = bytes.ReadAt(filled, std::as_writable_bytes(std::span(start).subspan(filled)));
        if (!got) {
            return Unexpected(got.error());
        }
        if (*got == 0) {
            break;
        }
        filled += *got;
    }
    start.resize(filled);
    return start;
}

bool LooksLikePlaylist(std::string_view start) noexcept {
    constexpr std::array<std::string_view, 4> kBegins{"#EXTM3U", "ffconcat", "[playlist]", "RTSPtext"};
    constexpr std::array<std::string_view, 3> kRoots{"<MPD", "<smil", "<asx"};
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (start.starts_with(kByteOrderMark)) {
        start.remove_prefix(kByteOrderMark.size());
    }
    start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n"), start.size()));
    const auto begins = [&](std::string_view word) { return start.starts_with(word); };
    const auto holds = [&](std::string_view root) { return start.find(root) != std::string_view::npos; };
    return std::ranges::any_of(kBegins, begins) ||
           (start.starts_with('<') && std::ranges::any_of(kRoots, holds));
}

bool LooksLikeMovie(std::string_view start) noexcept {
    constexpr std::array<std::string_view, 7> kBoxes{"ftyp", "moov", "mdat", "wide", "free", "skip", "styp"};
    return start.size() >= 8 && std::ranges::find(kBoxes, start.substr(4, 4)) != kBoxes.end();
}

bool LooksLikeHeif(std::string_view start) noexcept {
    constexpr std::array<std::string_view, 9> kBrands{
        "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "avif", "avis"
    };
    return start.size() >= 12 && start.substr(4, 4) == "ftyp" &&
           std::ranges::find(kBrands, start.substr(8, 4)) != kBrands.end();
}

bool LooksLikeMovingWebp(std::string_view start) noexcept {
    constexpr unsigned int kAnimation = 0x02;
    return start.size() > 20 && start.starts_with("RIFF") && start.substr(8, 8) == "WEBPVP8X" &&
           (static_cast<unsigned char>(start[20]) & kAnimation) != 0;
}

bool LooksLikeWebm(std::string_view start) noexcept {
    constexpr std::string_view kDocumentType("\x42\x82\x84webm", 7);
    return start.starts_with("\x1A\x45\xDF\xA3") && start.find(kDocumentType) != std::string_view::npos;
}

}  // namespace notify
