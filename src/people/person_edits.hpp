#pragma once

// Changes of a person that show in every item the person was seen in.

#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The person's items tell the new name at once (label_news.hpp). kNotFound; kConflict when the name is
/// taken. Call inside a transaction.
[[nodiscard]] Result<void> RenamePerson(
    Transaction& transaction, const PersonId& id, std::string_view name, Timestamp now
);

/// Removes the person with photos, embeddings and appearances; the items the person was seen in tell it, so
/// that the name goes from the files beside the media too. kNotFound. Call inside a transaction.
[[nodiscard]] Result<void> RemovePerson(Transaction& transaction, const PersonId& id, Timestamp now);

}  // namespace notify
