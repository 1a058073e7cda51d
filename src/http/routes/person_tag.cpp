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
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "http/problem.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kTagDigits = 16;

}  // namespace

Result<std::string> TagOf(
    const Snapshot& snapshot, const Person& person, const std::vector<EnrolmentPhoto>& photos
) {
    const auto edits = snapshot.people_edits.List(person.id, {.after = {}, .limit = 1});
    if (!edits) {
        return Unexpected(edits.error());
    }
    auto text = fmt::format("{}\n{}\n{}\n", person.name, person.hidden, person.consent);
    for (const auto& edit : edits->rows) {
        text += " " + edit.id.Value();
    }
    for (const auto& photo : photos) {
        text += " " + photo.id.Value();
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
    const auto tag = TagOf(snapshot, *person, *photos);
    if (!tag) {
        return Unexpected(tag.error());
    }
    if (wanted.find(*tag) != std::string_view::npos) {
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
