#include "delivery/publishing/pictures.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/percent.hpp"
#include "delivery/publishing/rendering.hpp"
#include "domain/published_picture.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostPictures = 4'096;  // no result has more blobs

}  // namespace

std::string PictureFolder(const SourceConnection& source, std::string_view key) {
    const auto longest_name = PictureName(kMostPictures);
    auto longest = source.PublicationKey(key, fmt::format("{}{}", kPictureFolderSuffix, longest_name));
    longest.resize(longest.size() - longest_name.size());
    return longest;
}

PublicationTarget PictureTarget(const PublicationTarget& text, std::string_view folder, std::size_t number) {
    auto target = text;
    target.key = fmt::format("{}{}", folder, PictureName(number));
    target.media_type = "image/jpeg";
    target.metadata.clear();
    return target;
}

std::vector<PublicationTarget> PictureTargets(
    const PublicationTarget& text, std::string_view folder, const Rendering& rendering
) {
    std::vector<PublicationTarget> targets;
    for (std::size_t number = 1; number <= rendering.pictures.size(); ++number) {
        targets.push_back(PictureTarget(text, folder, number));
    }
    return targets;
}

std::string WithPicturesIn(std::string_view folder, const Rendering& rendering) {
    constexpr std::string_view kLink = "](";
    std::map<std::string, std::size_t, std::less<>> numbers;
    for (const auto& picture : rendering.pictures) {
        numbers.emplace(picture.name, numbers.size() + 1);
    }
    const auto name = folder.substr(0, folder.size() - 1);
    const auto address = PercentEncoded(name.substr(name.rfind('/') + 1));  // npos + 1 is 0
    const std::string_view text = rendering.text;
    std::string linked;
    std::size_t done = 0;
    for (auto at = text.find(kLink); at != std::string_view::npos; at = text.find(kLink, at)) {
        at += kLink.size();
        const auto end = text.find(')', at);
        const auto found = numbers.find(text.substr(at, end == std::string_view::npos ? 0 : end - at));
        if (found != numbers.end()) {
            linked +=
                fmt::format("{}{}/{}", text.substr(done, at - done), address, PictureName(found->second));
            done = end;
        }
    }
    return linked.append(text.substr(done));
}

}  // namespace notify
