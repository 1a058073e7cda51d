#include "http/routes/person_tag.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "http/problem.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kTagDigits = 16;

}  // namespace

std::string TagOf(const Person& person, const std::vector<EnrolmentPhoto>& photos) {
    std::string text = fmt::format("{}\n{}\n{}\n", person.name, person.hidden, person.consent);
    for (const auto& photo : photos) {
        text += fmt::format("{} {}\n", photo.id.Value(), photo.person_id.Value());
    }
    return fmt::format("\"{}\"", Sha256Hex(text).substr(0, kTagDigits));
}

Result<void> CheckTag(const Snapshot& snapshot, const PersonId& root, std::string_view wanted) {
    if (wanted.empty() || wanted == "*") {
        return {};
    }
    const auto person = snapshot.people.Get(root);
    const auto photos = snapshot.people.PhotosOf(root);
    if (!person || !photos) {
        return Unexpected(person ? photos.error() : person.error());
    }
    if (wanted.find(TagOf(*person, *photos)) != std::string_view::npos) {
        return {};
    }
    return Unexpected(
        Error{
            .code = ErrorCode::kConflict,
            .reason = std::string(kChangedSince),
            .message = fmt::format(
                "person {} has changed since it was read: look again, and decide again", root.Value()
            )
        }
    );
}

}  // namespace notify
